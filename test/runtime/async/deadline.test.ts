import { expect, test } from 'vitest';
import { DeadlineError, untilAborted, withDeadline } from '../../../runtime/async/deadline.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const forever = (signal: AbortSignal) => untilAborted(signal, new Promise<never>(() => {}));

test('gives what the work gives, and leaves no timer behind', async () => {
  const clock = virtualClock();
  await expect(withDeadline(clock, 1000, new AbortController().signal, async () => 'done')).resolves.toBe(
    'done',
  );
  expect(clock.pending()).toBe(0);
});

test('aborts the work when its time is over', async () => {
  const clock = virtualClock();
  const outcome = expect(withDeadline(clock, 1500, new AbortController().signal, forever)).rejects.toEqual(
    new DeadlineError(1500),
  );
  await clock.pass(1500);
  await outcome;
});

test('aborts the work together with its parent, with its reason', async () => {
  const parent = new AbortController();
  const reason = new Error('ended');
  const outcome = expect(withDeadline(virtualClock(), 1000, parent.signal, forever)).rejects.toBe(reason);
  parent.abort(reason);
  await outcome;
});

test('does not begin when the parent is aborted already', async () => {
  let begun = false;
  const work = async () => {
    begun = true;
  };
  const reason = new Error('ended');
  await expect(withDeadline(virtualClock(), 1000, AbortSignal.abort(reason), work)).rejects.toBe(reason);
  expect(begun).toBe(false);
});
