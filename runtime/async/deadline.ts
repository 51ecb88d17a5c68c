import type { Clock } from './clock.ts';

/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  /** The time that it had, in milliseconds. */
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1000} s`);
    this.limitMs = limitMs;
  }
}

/**
 * Does something with a signal that is aborted when the time is over, with a DeadlineError, or together with the
 * parent, with the parent's reason. Nothing stays behind on the parent when the work has ended. That is why this is
 * not `AbortSignal.any` with `AbortSignal.timeout`: with a parent that lives long, those fill the memory.
 *
 * @param limitMs the time that it may take, in milliseconds
 * @param work may ask for so many milliseconds from now on, in place of the rest of its time
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal,
  work: (signal: AbortSignal, renew: (limitMs: number) => void) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const controller = new AbortController();
  const followParent = () => controller.abort(parent.reason);
  parent.addEventListener('abort', followParent);
  const start = (ms: number) => clock.after(ms, () => controller.abort(new DeadlineError(ms)));
  let cancel = start(limitMs);
  let hasEnded = false;
  const renew = (ms: number) => {
    cancel();
    if (!hasEnded) {
      cancel = start(ms);
    }
  };
  try {
    return await work(controller.signal, renew);
  } finally {
    hasEnded = true;
    cancel();
    parent.removeEventListener('abort', followParent);
  }
}

/**
 * What a promise gives, unless the signal is aborted first. For work that takes no signal: it goes on unheeded.
 *
 * @throws the signal's reason
 */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) {
    abort();
  }
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
