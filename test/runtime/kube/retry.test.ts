import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../runtime/kube/api-error.ts';
import { type Clock, retry } from '../../../runtime/kube/retry.ts';
import { UnreachableError } from '../../../runtime/kube/unreachable-error.ts';
import { UntrustedError } from '../../../runtime/kube/untrusted-error.ts';

const LIMITS = { timeoutMs: 60_000, waitMs: 10_000 };

const conflict = new ApiError('PATCH', 409, 'conflict');
const fault = new UnreachableError('reset');
const absence = new ApiError('GET', 404, 'not found');

/** A clock that only sleeping, and what attempts take, moves; `random` is what every draw comes to. */
function stoppedClock(random: number) {
  const start = 1_000_000;
  let now = start;
  const take = (ms: number) => {
    now += ms;
  };
  const clock: Clock = { now: () => now, sleep: async (ms) => take(ms), random: () => random };
  return { clock, take, elapsed: () => now - start };
}

/** Attempts that take so long and fail with these errors, one after the other and the last one for ever. */
async function failing(errors: readonly Error[], { tookMs = 100, random = 1, limits = LIMITS } = {}) {
  const { clock, take, elapsed } = stoppedClock(random);
  const waits: number[] = [];
  const timeouts: number[] = [];
  const left = [...errors];
  const outcome = await retry(
    limits,
    clock,
    async (timeoutMs) => {
      timeouts.push(timeoutMs());
      take(tookMs);
      throw left.length > 1 ? left.shift() : left[0];
    },
    (_, waitMs) => void waits.push(waitMs),
  ).catch((error: unknown) => error);
  return { outcome, waits, timeouts, elapsed: elapsed() };
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
  await expect(retry(LIMITS, clock, attempt, () => {})).resolves.toBe(3);
});

test.each([
  new ApiError('GET', 401, ''),
  new ApiError('PATCH', 422, ''),
  new UntrustedError('certificate'),
  new Error('a bug'),
])('gives up at once after %s', async (error) => {
  expect(await failing([error])).toEqual({ outcome: error, waits: [], timeouts: [10_000], elapsed: 100 });
});

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
    const { waits } = await failing([new ApiError('GET', 429, '', 3000), fault]);
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
    const { outcome, waits } = await failing([new ApiError('GET', 503, '', 60_000)]);
    expect(outcome).toMatchObject({ status: 503 });
    expect(waits).toEqual([]);
  });

  test('finds no time for another request after the deadline', async () => {
    const { clock, take } = stoppedClock(1);
    const attempt = async (timeoutMs: () => number) => {
      take(LIMITS.timeoutMs);
      return timeoutMs();
    };
    await expect(retry(LIMITS, clock, attempt, () => {})).rejects.toThrow('took all the time there was');
  });
});

test('a request may take ten seconds, and no longer than is left', async () => {
  const { timeouts } = await failing([fault], { tookMs: 9_000, limits: { timeoutMs: 15_000, waitMs: 0 } });
  expect(timeouts).toEqual([10_000, 15_000 - 9_000 - 200]);
});
