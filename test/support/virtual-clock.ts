import type { Clock } from '../../runtime/async/clock.ts';

/** A clock that only `pass` moves. */
export interface VirtualClock extends Clock {
  /** Moves the clock, and lets what waits for that go on, in its order. */
  pass(ms: number): Promise<void>;
  /** How many sleeps and callbacks it has before it. */
  pending(): number;
  /** Every sleep that began, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** @param random what every draw comes to */
export function virtualClock(random = 0.5): VirtualClock {
  let now = 1_000_000;
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();
  const sleeps: number[] = [];
  const after = (ms: number, callback: () => void) => {
    const timer = { due: now + ms, callback };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => now,
    wallTime: () => now,
    random: () => random,
    after,
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      sleeps.push(ms);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const cancel = after(ms, resolve);
      const abort = () => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort);
      return promise.finally(() => signal.removeEventListener('abort', abort));
    },
    pass: async (ms) => {
      const end = now + ms;
      for (;;) {
        await settle();
        const next = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) {
          break;
        }
        timers.delete(next);
        now = Math.max(now, next.due);
        next.callback();
      }
      now = end;
      await settle();
    },
    pending: () => timers.size,
    sleeps,
  };
}

/** Lets everything go on that waits for nothing but its turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
