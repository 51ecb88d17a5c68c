import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../runtime/async/clock.ts';
import { untilAborted } from '../../../runtime/async/deadline.ts';
import { UnreachableError, UntrustedError } from '../../../runtime/kube/errors.ts';
import { retry } from '../../../runtime/kube/retry.ts';
import { apiError } from '../../support/api-error.ts';
import { unaborted } from '../../support/unaborted.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const LIMITS = { timeoutMs: 60_000, waitMs: 10_000 };

const conflict = apiError(409, 'conflict');
const fault = new UnreachableError('reset');
const absence = apiError(404, 'not found');

/** A clock that only sleeping, and what attempts take, moves; `random` is what every draw comes to. */
function stoppedClock(random: number) {
  const clock = virtualClock(random);
  const start = clock.now();
  const sleepingClock: Clock = { ...clock, sleep: (ms) => clock.pass(ms) };
  return { clock: sleepingClock, take: clock.pass, elapsed: () => clock.now() - start };
}

/** Attempts that take so long and fail with these errors, one after the other and the last one for ever. */
async function failing(errors: readonly Error[], { tookMs = 100, random = 1, limits = LIMITS } = {}) {
  const { clock, take, elapsed } = stoppedClock(random);
  const waits: number[] = [];
  const left = [...errors];
  let attempts = 0;
  const outcome = await retry(
    limits,
    clock,
    unaborted,
    async () => {
      attempts += 1;
      await take(tookMs);
      throw left.length > 1 ? left.shift() : left[0];
    },
    (_, waitMs) => void waits.push(waitMs),
  ).catch((error: unknown) => error);
  return { outcome, waits, attempts, elapsed: elapsed() };
}

test('resolves to what the first attempt that succeeds resolves to', async () => {
  const { clock } = stoppedClock(0.5);
  let count = 0;
  const attempt = async () => {
    count += 1;
    if (count < 3) {
      throw fault;
    }
    return count;
  };
  await expect(retry(LIMITS, clock, unaborted, attempt, () => {})).resolves.toBe(3);
});

test.each([apiError(401), apiError(422), new UntrustedError('certificate', 'https://a'), new Error('a bug')])(
  'gives up at once after %s',
  async (error) => {
    expect(await failing([error])).toEqual({ outcome: error, waits: [], attempts: 1, elapsed: 100 });
  },
);

describe('the wait', () => {
  test('after a fault grows from 200 ms to 5 s', async () => {
    const { waits } = await failing([fault]);
    expect(waits.slice(0, 7)).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test('for what is absent grows from 200 ms to 2 s', async () => {
    const { waits } = await failing([absence]);
    expect(waits.slice(0, 6)).toEqual([200, 400, 800, 1600, 2000, 2000]);
  });

  test.each([
    { tookMs: 0, most: 20 },
    { tookMs: 100, most: 800 },
    { tookMs: 5000, most: 10_000 },
  ])('after a conflict is up to $most ms where the attempt took $tookMs ms', async ({ tookMs, most }) => {
    expect((await failing([conflict], { tookMs })).waits[0]).toBe(most);
    expect((await failing([conflict], { tookMs, random: 0.25 })).waits[0]).toBe(most / 4);
  });

  test('is no shorter than the server asks for', async () => {
    const { waits } = await failing([apiError(429, '', 3000), fault]);
    expect(waits.slice(0, 2)).toEqual([3000, 400]);
  });
});

describe('the end', () => {
  test('comes with the deadline, and with the last error', async () => {
    const { outcome, elapsed } = await failing([fault]);
    expect(outcome).toBe(fault);
    expect(elapsed).toBeGreaterThan(LIMITS.timeoutMs - 5000);
    expect(elapsed).toBeLessThanOrEqual(LIMITS.timeoutMs);
  });

  test('comes sooner for what is absent', async () => {
    const { outcome, elapsed } = await failing([absence]);
    expect(outcome).toBe(absence);
    expect(elapsed).toBeGreaterThan(LIMITS.waitMs - 2000);
    expect(elapsed).toBeLessThanOrEqual(LIMITS.waitMs);
  });

  test('comes for what is absent after the time from when that was first seen', async () => {
    const { outcome, elapsed } = await failing([fault, fault, fault, fault, absence]);
    expect(outcome).toBe(absence);
    const until = 4 * 100 + 200 + 400 + 800 + 1600 + LIMITS.waitMs;
    expect(elapsed).toBeGreaterThan(until - 2000);
    expect(elapsed).toBeLessThanOrEqual(until);
  });

  test('comes with the deadline for what is absent, too, however long it may be awaited', async () => {
    const { elapsed } = await failing([absence], { limits: { timeoutMs: 5000, waitMs: 10_000 } });
    expect(elapsed).toBeLessThanOrEqual(5000);
  });

  test('comes at once when the server asks for more time than is left', async () => {
    const { outcome, waits } = await failing([apiError(503, '', 60_000)]);
    expect(outcome).toMatchObject({ code: 503 });
    expect(waits).toEqual([]);
  });

  test('aborts the attempt that is under way, and tells what it says', async () => {
    const { clock, take } = stoppedClock(1);
    const cutShort = new UnreachableError('no answer');
    const attempt = async (signal: AbortSignal) => {
      await take(LIMITS.timeoutMs);
      throw signal.aborted ? cutShort : fault;
    };
    await expect(retry(LIMITS, clock, unaborted, attempt, () => {})).rejects.toBe(cutShort);
  });

  test('tells the error before, where the last attempt had less than a second', async () => {
    const { clock, take } = stoppedClock(1);
    const errors = [fault, new UnreachableError('no answer')];
    const attempt = async () => {
      await take(errors.length === 2 ? LIMITS.timeoutMs - 500 : 500);
      throw errors.shift();
    };
    await expect(retry(LIMITS, clock, unaborted, attempt, () => {})).rejects.toBe(fault);
  });
});

test('a deadline that comes a little early ends a wait with the error before', async () => {
  const clock = virtualClock(1);
  // As engines do, which cut delays to whole milliseconds.
  const early: Clock = { ...clock, after: (ms, callback) => clock.after(ms - 150, callback) };
  const limits = { timeoutMs: 250, waitMs: 0 };
  const attempt = async () => {
    throw fault;
  };
  const outcome = expect(retry(limits, early, unaborted, attempt, () => {})).rejects.toBe(fault);
  await clock.pass(300);
  await outcome;
});

test.each(['an attempt', 'a wait'])('an aborted signal ends %s, with its reason', async (where) => {
  const clock = virtualClock(1);
  const ending = new AbortController();
  const reason = new Error('ended');
  const attempt = (signal: AbortSignal) => {
    if (where === 'a wait') {
      throw fault;
    }
    return untilAborted(signal, new Promise<never>(() => {}));
  };
  const outcome = expect(retry(LIMITS, clock, ending.signal, attempt, () => {})).rejects.toBe(reason);
  await clock.pass(100);
  ending.abort(reason);
  await outcome;
  expect(clock.pending()).toBe(0);
});
