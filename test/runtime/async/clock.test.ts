import { expect, test } from 'vitest';
import { systemClock } from '../../../runtime/async/clock.ts';

const YEAR_MS = 365 * 86_400_000;

test('a wait of a year does not end at once, and ends with its signal', async () => {
  const ending = new AbortController();
  let hasEnded = false;
  const sleep = systemClock.sleep(YEAR_MS, ending.signal).finally(() => {
    hasEnded = true;
  });
  await systemClock.sleep(20, new AbortController().signal);
  expect(hasEnded).toBe(false);
  ending.abort(new Error('ended'));
  await expect(sleep).rejects.toThrow('ended');
});

test('a callback in a year does not come at once', async () => {
  let called = false;
  const cancel = systemClock.after(YEAR_MS, () => {
    called = true;
  });
  await systemClock.sleep(20, new AbortController().signal);
  cancel();
  expect(called).toBe(false);
});
