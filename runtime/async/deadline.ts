import type { Clock } from './clock.ts';

/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  /** @param limitMs the time that it had, in milliseconds */
  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1000} s`);
  }
}

/**
 * Does something with a signal that is aborted when the time is over, with a DeadlineError, or together with the
 * parent, with the parent's reason. Whatever the signal was handed to is let go of when the work has ended: unlike
 * `AbortSignal.any` and `AbortSignal.timeout`, nothing stays behind on a parent that lives long.
 *
 * @param limitMs the time that it may take, in milliseconds
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const controller = new AbortController();
  const followParent = () => controller.abort(parent.reason);
  parent.addEventListener('abort', followParent);
  const cancel = clock.after(limitMs, () => controller.abort(new DeadlineError(limitMs)));
  try {
    return await work(controller.signal);
  } finally {
    cancel();
    parent.removeEventListener('abort', followParent);
  }
}

/**
 * What a promise gives, unless the signal is aborted first. For what knows no signal: it goes on, and nobody waits for it.
 *
 * @throws the signal's reason
 */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
