import { setTimeout as sleep } from 'node:timers/promises';

/** A timer with more milliseconds than this fires at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const LONGEST_MS = 2 ** 31 - 1;

/** Time and random numbers. They are passed in, so that tests and simulations can control them. */
export interface Clock {
  /** Milliseconds that only move forward. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** A number in [0, 1), like Math.random. */
  random(): number;
  /** Waits the given milliseconds, at most 24 days. @throws the signal's reason as soon as it is aborted */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls the callback once after the given milliseconds, at most 24 days. @returns a function that cancels the call */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  // In Node, the first use of `performance` loads modules for half a millisecond.
  now: () => Number(process.hrtime.bigint()) / 1e6,
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
