import { createBackoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { KubeError } from './errors.ts';

/** An attempt that the deadline ends sooner than this says nothing of the server. */
const TELLING_MS = 1000;

/**
 * Of the writers that meet, each waits at random up to so many times as long as its attempt took: so few of them are at
 * it at once, however many they are and however slow they make each other.
 */
const CONFLICT_WAIT_FACTOR = 8;
const CONFLICT_WAIT_MS = { least: 20, most: 10_000 };

export interface RetryLimits {
  /** For everything, in milliseconds. */
  readonly timeoutMs: number;
  /** For what is absent or forbidden to appear or be allowed, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Does something until it succeeds, fails with an error that no other attempt would mend, or the time is over.
 *
 * @param attempt is handed a signal that is aborted when the time is over, or together with the parent
 * @param onRetry is told what failed, and how many milliseconds it waits
 * @throws the parent's reason, or whatever the last attempt threw, or the one before where the deadline cut the last
 *   one short
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
  /** What is absent has so long from when that was first seen: a cluster that boots fails in other ways before. */
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
          // The deadline's timer may fire a little early, and end a wait that would just have been in time.
          parent.throwIfAborted();
          throw error;
        });
      }
    }
  });
}

/** The wait after an attempt that took so many milliseconds. */
function conflictBackoff({ random }: Clock): { next(tookMs: number): number } {
  const { least, most } = CONFLICT_WAIT_MS;
  return {
    next: (tookMs) => random() * Math.min(Math.max(tookMs * CONFLICT_WAIT_FACTOR, least), most),
  };
}
