import { expect, test } from 'vitest';
import { WorkQueue } from '../../../runtime/async/work-queue.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const LIMITS = { concurrency: 2, firstWaitMs: 1000, longestWaitMs: 5000 };

/**
 * A queue that runs until the test aborts it.
 *
 * @param work what a worker does about a key; `starts` has each time that it began, in milliseconds from the start of the test
 */
function runQueue(
  work: (key: string, signal: AbortSignal) => Promise<number | undefined>,
  { limits = LIMITS, random = 1, leastWaitMs = 0 } = {},
) {
  const clock = virtualClock(random);
  const begin = clock.now();
  const starts: [string, number][] = [];
  const failures: [string, unknown][] = [];
  const queue = new WorkQueue(limits, clock, {
    work: (key, signal) => {
      starts.push([key, clock.now() - begin]);
      return work(key, signal);
    },
    failed: (key, error) => {
      failures.push([key, error]);
      return leastWaitMs;
    },
  });
  const end = new AbortController();
  const ended = queue.run(end.signal);
  return { clock, queue, starts, failures, end, ended };
}

const done = async () => undefined;

test('works on keys in the order of their addition', async () => {
  const { clock, queue, starts } = runQueue(done);
  for (const key of ['a', 'b', 'c', 'd']) {
    queue.add(key);
  }
  await clock.pass(0);
  expect(starts.map(([key]) => key)).toEqual(['a', 'b', 'c', 'd']);
});

test('works on no more keys at once than it may, and tells how many wait', async () => {
  const { clock, queue, starts } = runQueue((_, signal) => clock.sleep(10, signal).then(done));
  for (const key of ['a', 'b', 'c', 'c']) {
    queue.add(key);
  }
  await clock.pass(9);
  expect(starts.map(([key]) => key)).toEqual(['a', 'b']);
  expect(queue.depth).toBe(1);
  await clock.pass(1);
  expect(starts.at(-1)).toEqual(['c', 10]);
  expect(queue.depth).toBe(0);
});

test('works again on a key that is added during its work, afterwards and once', async () => {
  const { clock, queue, starts } = runQueue((_, signal) => clock.sleep(10, signal).then(done));
  queue.add('a');
  await clock.pass(5);
  queue.add('a');
  queue.add('a');
  await clock.pass(100);
  expect(starts).toEqual([
    ['a', 0],
    ['a', 10],
  ]);
});

test('a key that fails comes back after waits that double up to a bound, and success begins anew', async () => {
  const outcomes = ['fails', 'fails', 'fails', 'fails', 'succeeds', 'fails', 'succeeds'];
  const error = new Error('failed');
  const { clock, queue, starts, failures } = runQueue(async () => {
    if (outcomes.shift() === 'fails') {
      throw error;
    }
    return undefined;
  });
  queue.add('a');
  await clock.pass(100_000);
  queue.add('a');
  await clock.pass(100_000);
  expect(starts.map(([, time]) => time)).toEqual([0, 1000, 3000, 7000, 12_000, 100_000, 101_000]);
  expect(failures).toEqual(Array(5).fill(['a', error]));
});

test('a failure of one key makes no other wait', async () => {
  const { clock, queue, starts } = runQueue(async (key) => {
    if (key === 'a') {
      throw new Error('failed');
    }
    return undefined;
  });
  queue.add('a');
  await clock.pass(0);
  queue.add('b');
  await clock.pass(0);
  expect(starts).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
});

test('the wait after a failure is random, and no shorter than the worker says', async () => {
  const work = () => Promise.reject(new Error('failed'));
  const jittered = runQueue(work, { random: 0.25 });
  jittered.queue.add('a');
  await jittered.clock.pass(250);
  expect(jittered.starts.at(-1)).toEqual(['a', 250]);
  const asked = runQueue(work, { random: 0.25, leastWaitMs: 30_000 });
  asked.queue.add('a');
  await asked.clock.pass(30_000);
  expect(asked.starts).toEqual([
    ['a', 0],
    ['a', 30_000],
  ]);
});

test('a key that is added while it waits after a failure is worked on at once, and not twice', async () => {
  const outcomes = ['fails', 'succeeds'];
  const { clock, queue, starts } = runQueue(async () => {
    if (outcomes.shift() === 'fails') {
      throw new Error('failed');
    }
    return undefined;
  });
  queue.add('a');
  await clock.pass(500);
  queue.add('a');
  await clock.pass(100_000);
  expect(starts).toEqual([
    ['a', 0],
    ['a', 500],
  ]);
});

test('a worker may ask for a later time', async () => {
  const times = [60_000, 5000, undefined];
  const { clock, queue, starts } = runQueue(async () => times.shift());
  queue.add('a');
  await clock.pass(1_000_000);
  expect(starts.map(([, time]) => time)).toEqual([0, 60_000, 65_000]);
});

test('of several later times the earliest counts', async () => {
  const { clock, queue, starts } = runQueue(done);
  queue.addAfter('a', 300);
  queue.addAfter('a', 100);
  queue.addAfter('a', 200);
  await clock.pass(1000);
  expect(starts).toEqual([['a', 100]]);
});

test('once its signal is aborted no work begins, and what runs gets the signal and is waited for', async () => {
  const reason = new Error('ended');
  const given: AbortSignal[] = [];
  const { clock, queue, starts, failures, end, ended } = runQueue(
    async (_, signal) => {
      given.push(signal);
      await clock.sleep(100, signal).catch(() => {});
      await clock.sleep(50, new AbortController().signal);
      throw new Error('given up');
    },
    { limits: { ...LIMITS, concurrency: 1 } },
  );
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  queue.addAfter('later', 30);
  queue.add('a');
  queue.add('b');
  await clock.pass(20);
  end.abort(reason);
  await clock.pass(40);
  expect(given.map((signal) => signal.reason)).toEqual([reason]);
  expect(isOver).toBe(false);
  await clock.pass(1000);
  expect(isOver).toBe(true);
  expect(starts).toEqual([['a', 0]]);
  expect(failures).toEqual([]);
  expect(clock.pending()).toBe(0);
});

test('a free queue ends at once when its signal is aborted, with no timer left', async () => {
  const { clock, queue, end, ended } = runQueue(done);
  queue.addAfter('a', 1000);
  await clock.pass(0);
  end.abort();
  await ended;
  expect(clock.pending()).toBe(0);
});

test('a failure that ends the queue ends the other work as well, with no timer left', async () => {
  const clock = virtualClock();
  const bug = new Error('a bug');
  let hasEnded = false;
  const queue = new WorkQueue(LIMITS, clock, {
    work: async (key, signal) => {
      if (key === 'bug') {
        throw bug;
      }
      await clock.sleep(60_000, signal).finally(() => {
        hasEnded = true;
      });
      return undefined;
    },
    failed: (_, error) => {
      throw error;
    },
  });
  queue.add('long');
  queue.add('bug');
  queue.addAfter('later', 1000);
  await expect(queue.run(new AbortController().signal)).rejects.toBe(bug);
  expect(hasEnded).toBe(true);
  expect(clock.pending()).toBe(0);
});

test('works on what was added before it ran', async () => {
  const clock = virtualClock();
  const worked: string[] = [];
  const queue = new WorkQueue(LIMITS, clock, {
    work: async (key) => void worked.push(key),
    failed: () => 0,
  });
  queue.add('a');
  expect(queue.depth).toBe(1);
  void queue.run(new AbortController().signal);
  await clock.pass(0);
  expect(worked).toEqual(['a']);
});
