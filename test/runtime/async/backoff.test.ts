import { expect, test } from 'vitest';
import { createBackoff } from '../../../runtime/async/backoff.ts';

test('the bound of the wait doubles up to its cap', () => {
  const backoff = createBackoff(100, 1000, () => 1);
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('the wait is anywhere below the bound', () => {
  const randoms = [0, 0.5, 0.25];
  const backoff = createBackoff(100, 1000, () => randoms.shift() ?? 0);
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 100, 100]);
});
