import { expect, test } from 'vitest';
import { medianInterval, ratio, spread } from '../../bench/statistics.ts';

test('median and percentiles lie between their neighbours in proportion', () => {
  expect(spread([30, 10, 20, 40])).toEqual({ median: 25, p10: 13, p90: 37 });
  expect(spread([7])).toEqual({ median: 7, p10: 7, p90: 7 });
});

test('a ratio is of the medians, and its spread of the ratios within each round', () => {
  // The machine was ten times as slow in the last round, for both.
  expect(ratio([1, 2, 10], [2, 4, 20])).toEqual({
    ofMedians: 0.5,
    paired: { median: 0.5, p10: 0.5, p90: 0.5 },
  });
  expect(ratio([1, 2, 3], [3, 2, 1])).toMatchObject({ ofMedians: 1, paired: { median: 1 } });
});

test.each([
  [5, 1, 5],
  [6, 1, 6],
  [9, 2, 8],
  [20, 6, 15],
  [40, 14, 27],
])('the median of %i numbers lies from the %ith to the %ith with 95 %% confidence', (count, low, high) => {
  const values = Array.from({ length: count }, (_, index) => index + 1);
  expect(medianInterval(values)).toEqual({ median: (count + 1) / 2, low, high });
});
