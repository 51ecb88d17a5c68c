import { setTimeout as sleep } from 'node:timers/promises';

/** Timers of more milliseconds than this would fire at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const LONGEST_MS = 2 ** 31 - 1;

/** Time and chance, handed in so that tests and simulations can drive them. */
export interface Clock {
  /** Milliseconds that only move forward. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** A number in [0, 1), as of Math.random. */
  random(): number;
  /** Waits so many milliseconds, 24 days at most. @throws the signal's reason as soon as it is aborted */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back once, after so many milliseconds, 24 days at most; what it returns cancels that. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: Date.now,
  random: Math.random,
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    await sleep(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
