import { createBackoff } from '../async/backoff.ts';
import { KubeError } from './kube-error.ts';
import { UnreachableError } from './unreachable-error.ts';

/** One attempt hangs no longer than this, so that a half-open connection leaves time for another. */
const ATTEMPT_TIMEOUT_MS = 10_000;

/** An attempt that the deadline ends sooner than this says nothing of the server. */
const TELLING_MS = 1000;

/** Timers may fire so much too early. */
const TIMER_SLACK_MS = 2;

/**
 * Of the writers that meet, each waits at random up to so many times as long as its attempt took: so few of them are at
 * it at once, however many they are and however slow they make each other.
 */
const CONFLICT_WAIT_FACTOR = 8;
const CONFLICT_WAIT_MS = { least: 20, most: 10_000 };

export interface Clock {
  /** Milliseconds that only move forward. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A number in [0, 1), as of Math.random. */
  random(): number;
}

export interface RetryLimits {
  /** For everything, in milliseconds. */
  readonly timeoutMs: number;
  /** For what is absent or forbidden to appear or be allowed, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Does something until it succeeds, fails with an error that no other attempt would mend, or the time is over.
 *
 * @param attempt is handed the milliseconds that its next request may take, to be asked before each
 * @param onRetry is told what failed, and how many milliseconds it waits
 * @throws whatever the last attempt threw, or the one before where the deadline cut the last one short
 */
export async function retry<T>(
  limits: RetryLimits,
  clock: Clock,
  attempt: (timeoutMs: () => number) => Promise<T>,
  onRetry: (error: KubeError, waitMs: number) => void,
): Promise<T> {
  const start = clock.now();
  const deadline = start + limits.timeoutMs;
  const backoffs = {
    conflict: conflictBackoff(clock),
    transient: createBackoff(200, 5000, clock.random),
    created: createBackoff(200, 2000, clock.random),
  };
  let previous: KubeError | undefined;
  /** What is absent has so long from when that was first seen: a cluster that boots fails in other ways before. */
  let absentUntil = Number.POSITIVE_INFINITY;
  for (;;) {
    const begun = clock.now();
    try {
      return await attempt(() => attemptTimeout(deadline, clock));
    } catch (error) {
      if (!(error instanceof KubeError) || error.retryWhen === 'never') {
        throw error;
      }
      const isCutShort = clock.now() >= deadline - TIMER_SLACK_MS && deadline - begun < TELLING_MS;
      if (isCutShort && previous) {
        throw previous;
      }
      previous = error;
      const isAbsent = error.retryWhen === 'created';
      if (isAbsent) {
        absentUntil = Math.min(absentUntil, begun + limits.waitMs);
      }
      const wait = Math.max(backoffs[error.retryWhen].next(clock.now() - begun), error.retryAfterMs);
      if (clock.now() + wait >= Math.min(deadline, isAbsent ? absentUntil : deadline)) {
        throw error;
      }
      onRetry(error, wait);
      await clock.sleep(wait);
    }
  }
}

/** The wait after an attempt that took so many milliseconds. */
function conflictBackoff({ random }: Clock): { next(tookMs: number): number } {
  const { least, most } = CONFLICT_WAIT_MS;
  return { next: (tookMs) => random() * Math.min(Math.max(tookMs * CONFLICT_WAIT_FACTOR, least), most) };
}

/** @throws UnreachableError when the deadline has passed */
function attemptTimeout(deadline: number, clock: Clock): number {
  const left = Math.ceil(deadline - clock.now());
  if (left <= 0) {
    throw new UnreachableError('the API server took all the time there was');
  }
  return Math.min(ATTEMPT_TIMEOUT_MS, left);
}
