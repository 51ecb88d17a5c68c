import { expect, test } from 'vitest';
import { progressLine, usableColumns } from '../../devcluster/progress.ts';

const LINE = 'building kube-apiserver: 812 of 1450 packages (only once; kubernetes-1.36.3)';

test.each([
  [80, 79],
  [40, 39],
  // A terminal that does not know, and a stream that is none.
  [0, 79],
  [undefined, 79],
])('of %s columns %i can be used: some terminals wrap behind the last one', (columns, usable) => {
  expect(usableColumns(columns === undefined ? {} : { columns })).toBe(usable);
});

test.each([79, 60])('with %i columns it ends in a bar', (columns) => {
  const line = progressLine(LINE, 0.56, columns);
  expect(line).toHaveLength(columns);
  expect(line).toMatch(/^building kube-apiserver: 812 of .*… █{11}░{9}$/);
});

test('with 39 columns it has the words alone', () => {
  expect(progressLine(LINE, 0.56, 39)).toBe('building kube-apiserver: 812 of 1450 p…');
});

test('what fits is not cut', () => {
  expect(progressLine(LINE, undefined, 79)).toBe(LINE);
  expect(progressLine('linking', 0.5, 60)).toMatch(/^linking {32} █{10}░{10}$/);
});

test.each([
  [-1, '░'.repeat(20)],
  [0, '░'.repeat(20)],
  [1, '█'.repeat(20)],
  [1.5, '█'.repeat(20)],
])('the bar of %d is 20 columns wide', (fraction, bar) => {
  expect(progressLine('', fraction, 60).trim()).toBe(bar);
});
