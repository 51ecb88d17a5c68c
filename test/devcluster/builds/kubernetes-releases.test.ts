import { expect, test } from 'vitest';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';

test('the main release is neither older than the oldest nor newer than the newest', () => {
  const { oldest, main, newest } = RELEASES;

  expect(minorOf(oldest.version)).toBeLessThanOrEqual(minorOf(main.version));
  expect(minorOf(main.version)).toBeLessThanOrEqual(minorOf(newest.version));
});

function minorOf(version: string): number {
  return Number(/^1\.(\d+)\.\d+$/.exec(version)?.[1]);
}
