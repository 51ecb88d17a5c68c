import type { Clock } from './clock.ts';

/** Some work took longer than its time limit. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  /** The time limit, in milliseconds. */
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1000} s`);
    this.limitMs = limitMs;
  }
}

/**
 * Runs some work with a signal. The signal is aborted with a DeadlineError when the time is over, or with the parent's
 * reason when the parent is aborted. When the work has ended, the parent has no listener left. `AbortSignal.any` with
 * `AbortSignal.timeout` would leave listeners: with a parent that lives long, they fill the memory.
 *
 * @param limitMs the time limit, in milliseconds
 * @param work can call `renew` to replace its remaining time by a new limit
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
 * Resolves as the promise does, unless the signal is aborted first. For work that takes no signal: after an abort the
 * work continues, and its result is ignored.
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
