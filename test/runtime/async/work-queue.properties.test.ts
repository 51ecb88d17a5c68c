import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { WorkQueue } from '../../../runtime/async/work-queue.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

// Hundreds of interleavings a test, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** With a chance of 1 each wait is as long as its bound. */
const LIMITS = { firstWaitMs: 16, longestWaitMs: 100 };
const WAITS = [16, 32, 64, 100];

const KEYS = ['a', 'b', 'c', 'd'];
const key = fc.constantFrom(...KEYS);

/** What happens to the queue from outside, at one moment or with time between. */
const step = fc.oneof(
  fc.record({ does: fc.constant('add' as const), key }),
  fc.record({ does: fc.constant('add after' as const), key, ms: fc.nat(60) }),
  fc.record({ does: fc.constant('pass' as const), ms: fc.nat(40) }),
);

/** How a worker's attempt goes. */
const attempt = fc.record({
  takesMs: fc.oneof(fc.constant(0), fc.nat(30)),
  ends: fc.oneof(
    fc.constant('succeeds' as const),
    fc.constant('fails' as const),
    fc.record({ againMs: fc.nat(50) }),
  ),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

/** What happened, in its order. `asked` is any reason to work on a key, and when that is due. */
interface Happened {
  readonly what: 'asked' | 'began' | 'succeeded' | 'failed';
  readonly key: string;
  readonly time: number;
  readonly due: number;
}

/** Runs these steps and attempts; attempts that come after those succeed. */
async function play(steps: readonly Step[], attempts: readonly Attempt[], concurrency: number) {
  const clock = virtualClock(1);
  const left = [...attempts];
  const log: Happened[] = [];
  const inWork = new Set<string>();
  const note = (what: Happened['what'], of: string, afterMs = 0) =>
    void log.push({ what, key: of, time: clock.now(), due: clock.now() + afterMs });
  const queue = new WorkQueue({ ...LIMITS, concurrency }, clock, {
    work: async (of, signal) => {
      expect(end.signal.aborted).toBe(false);
      expect(inWork).not.toContain(of);
      inWork.add(of);
      expect(inWork.size).toBeLessThanOrEqual(concurrency);
      note('began', of);
      const { takesMs, ends } = left.shift() ?? { takesMs: 1, ends: 'succeeds' as const };
      try {
        await clock.sleep(takesMs, signal);
      } finally {
        inWork.delete(of);
      }
      if (ends === 'fails') {
        note('failed', of);
        throw new Error('failed');
      }
      note('succeeded', of);
      if (ends === 'succeeds') {
        return undefined;
      }
      note('asked', of, ends.againMs);
      return ends.againMs;
    },
    failed: () => 0,
  });
  const end = new AbortController();
  const ended = queue.run(end.signal);
  for (const one of steps) {
    if (one.does === 'pass') {
      await clock.pass(one.ms);
      if (inWork.size < concurrency) {
        // Whoever is free has nothing to do.
        const waiting = KEYS.filter((of) => !inWork.has(of));
        expect(waiting.filter((of) => Math.min(...openReasons(log, of)) < clock.now())).toEqual([]);
      }
    } else if (one.does === 'add') {
      note('asked', one.key);
      queue.add(one.key);
    } else {
      note('asked', one.key, one.ms);
      queue.addAfter(one.key, one.ms);
    }
  }
  const finish = async () => {
    end.abort();
    await clock.pass(0);
    await ended;
    expect(inWork.size).toBe(0);
    expect(clock.pending()).toBe(0);
  };
  return { clock, queue, log, finish };
}

const of = (log: readonly Happened[], name: string) => log.filter((entry) => entry.key === name);

/** When that is due which a key was asked for, or failed at, since its work began last. */
function openReasons(log: readonly Happened[], name: string): number[] {
  const ofKey = of(log, name);
  const since = ofKey.findLastIndex(({ what }) => what === 'began');
  const failures = () => {
    const ends = ofKey.filter(({ what }) => what === 'succeeded' || what === 'failed');
    return ends.length - 1 - ends.findLastIndex(({ what }) => what === 'succeeded');
  };
  return ofKey.slice(since + 1).flatMap(({ what, time, due }) => {
    if (what === 'failed') {
      return [time + (WAITS[failures() - 1] ?? LIMITS.longestWaitMs)];
    }
    return what === 'asked' ? [due] : [];
  });
}

const plays = fc.tuple(
  fc.array(step, { maxLength: 40 }),
  fc.array(attempt, { maxLength: 40 }),
  fc.integer({ min: 1, max: 3 }),
);

test('every key that was asked for is worked on after that, and then nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(plays, async ([steps, attempts, concurrency]) => {
      const { clock, queue, log, finish } = await play(steps, attempts, concurrency);
      await clock.pass(1_000_000);
      expect(queue.depth).toBe(0);
      expect(clock.pending()).toBe(0);
      for (const name of KEYS) {
        const last = (what: Happened['what']) => of(log, name).findLastIndex((entry) => entry.what === what);
        expect(last('began')).toBeGreaterThanOrEqual(Math.max(last('asked'), last('failed')));
      }
      await finish();
    }),
    { numRuns: 300 },
  );
});

test('work begins for a reason, not before that is due, and once for all reasons that it answers', async () => {
  await fc.assert(
    fc.asyncProperty(plays, async ([steps, attempts, concurrency]) => {
      const { clock, log, finish } = await play(steps, attempts, concurrency);
      await clock.pass(1_000_000);
      for (const name of KEYS) {
        const ofKey = of(log, name);
        for (const [index, { what, time }] of ofKey.entries()) {
          if (what === 'began') {
            // Infinity where there was none.
            expect(time).toBeGreaterThanOrEqual(Math.min(...openReasons(ofKey.slice(0, index), name)));
          }
        }
      }
      await finish();
    }),
    { numRuns: 300 },
  );
});

test('whenever it is aborted, nothing begins any more, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(plays, async ([steps, attempts, concurrency]) => {
      const { clock, log, finish } = await play(steps, attempts, concurrency);
      const begun = () => log.filter(({ what }) => what === 'began').length;
      await finish();
      const atTheEnd = begun();
      await clock.pass(1_000_000);
      expect(begun()).toBe(atTheEnd);
    }),
    { numRuns: 300 },
  );
});
