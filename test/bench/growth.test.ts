import { expect, test } from 'vitest';
import { type Point, perAttachment } from '../../bench/synth/growth.ts';

function point(attachments: number, cost: number): Point {
  return { attachments, charts: 1, cost: { wallMs: cost, cpuMs: cost, peakMiB: cost } };
}

test('growth is what an attachment adds to the app without any, by that of the first size', () => {
  const [first, linear, quadratic] = perAttachment([
    point(0, 100),
    point(10, 110),
    point(20, 120),
    point(40, 260),
  ]);
  expect(first?.wallMs).toBe(1);
  expect(linear?.wallMs).toBe(1);
  expect(quadratic?.wallMs).toBe(4);
});
