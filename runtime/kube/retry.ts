import { createBackoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { KubeError } from './errors.ts';

/** In milliseconds. If the deadline left an attempt less time than this, the attempt tells nothing about the server. */
const TELLING_MS = 1000;

/**
 * After a conflict, each writer waits a random time, up to this factor times the duration of its attempt. So only few
 * writers try at the same time, even if they are many and slow each other down.
 */
const CONFLICT_WAIT_FACTOR = 8;
const CONFLICT_WAIT_MS = { least: 20, most: 10_000 };

export interface RetryLimits {
  /** Time limit for all attempts together, in milliseconds. */
  readonly timeoutMs: number;
  /** Time to wait for a missing object or a missing right, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Repeats an attempt until it succeeds, fails with an error that a retry cannot help, or the time is over.
 *
 * @param attempt gets a signal that is aborted when the time is over, or when the parent is aborted
 * @param onRetry gets the error, and the milliseconds until the next attempt
 * @throws the parent's reason, or the error of the last attempt. If the deadline ended the last attempt early, the error of
 *   the attempt before it
 */
export async function retry<T>(
  limits: RetryLimits,
  clock: Clock,
  parent: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
  onRetry: (error: KubeError, waitMs: number) => void,
): Promise<T> {
  const deadline = clock.now() + limits.timeoutMs;
  const backoffs = {
    conflict: conflictBackoff(clock),
    transient: createBackoff(200, 5000, clock.random),
    created: createBackoff(200, 2000, clock.random),
  };
  let previous: KubeError | undefined;
  /** The wait for a missing object begins when it is first found missing, because a cluster that boots has other failures before that. */
  let absentUntil = Number.POSITIVE_INFINITY;
  return withDeadline(clock, limits.timeoutMs, parent, async (signal) => {
    for (;;) {
      const begun = clock.now();
      try {
        return await attempt(signal);
      } catch (error) {
        if (!(error instanceof KubeError) || error.retryWhen === 'never') {
          throw error;
        }
        if (signal.aborted && previous && deadline - begun < TELLING_MS) {
          throw previous;
        }
        previous = error;
        const isAbsent = error.retryWhen === 'created';
        if (isAbsent) {
          absentUntil = Math.min(absentUntil, begun + limits.waitMs);
        }
        const wait = Math.max(backoffs[error.retryWhen].next(clock.now() - begun), error.retryAfterMs);
        if (signal.aborted || clock.now() + wait >= Math.min(deadline, isAbsent ? absentUntil : deadline)) {
          throw error;
        }
        onRetry(error, wait);
        await clock.sleep(wait, signal).catch(() => {
          // The wait would end before the deadline. But the deadline's timer may fire a little early, and end the wait.
          parent.throwIfAborted();
          throw error;
        });
      }
    }
  });
}

/** The wait after an attempt. It depends on how many milliseconds the attempt took. */
function conflictBackoff({ random }: Clock): { next(tookMs: number): number } {
  const { least, most } = CONFLICT_WAIT_MS;
  return {
    next: (tookMs) => random() * Math.min(Math.max(tookMs * CONFLICT_WAIT_FACTOR, least), most),
  };
}
