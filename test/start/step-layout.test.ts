import { expect, test } from 'vitest';
import { layOutDetail, layOutStep } from '../../start/step-layout.ts';

const NAME = 'control planes';
const SAID = 'two, each with etcd and kube-apiserver v1.36.3, of which one is called edge';
/** Before the first line: `  ✓ `. */
const MARK = 4;

/** The lines of a step as they are written, but for the mark. */
function linesOf(columns: number): string[] {
  const { first, time, more } = layOutStep(NAME, SAID, '12.3 s', columns);
  return [' '.repeat(MARK) + first + time, ...more];
}

test.each([20, 40, 59, 60, 80, 100])('a step fits %i columns, and says all that it has to say', (columns) => {
  const lines = linesOf(columns);

  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(Math.max(columns, 30)); // the name and the time take 28
  }
  expect(lines[0]).toMatch(/^ {4}control planes .* 12\.3 s$/);
  const words = lines.join(' ').replace('12.3 s', '').split(/\s+/).join(' ').trim();
  expect(words).toBe(`${NAME} ${SAID}`);
});

test('on a wide terminal lines stay short enough to be read', () => {
  expect(linesOf(300)).toEqual(linesOf(100));
});

test('on a narrow terminal what a step says is below its name', () => {
  expect(layOutStep('synth', '10 objects', '1.0 s', 40)).toEqual({
    first: 'synth           ',
    time: '   1.0 s',
    more: ['      10 objects'],
  });
});

test('a detail keeps its indentation in each line, and a long word whole', () => {
  expect(layOutDetail('    server: https://a.long.name.example:6443 of edge', 30)).toEqual([
    '          server:',
    '          https://a.long.name.example:6443',
    '          of edge',
  ]);
});
