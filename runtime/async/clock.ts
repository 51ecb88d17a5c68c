import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance, handed in so that tests and simulations can drive them. */
export interface Clock {
  /** Milliseconds that only move forward. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** A number in [0, 1), as of Math.random. */
  random(): number;
  /** Waits so many milliseconds. @throws the signal's reason as soon as it is aborted */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back once, after so many milliseconds; what it returns cancels that. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: Date.now,
  random: Math.random,
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
