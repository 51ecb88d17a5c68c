/**
 * When a failed request is worth another attempt:
 * - `never`: the same request fails again;
 * - `conflict`: read the object again first, since somebody wrote in between;
 * - `transient`: in a moment, since the fault may pass;
 * - `created`: once an object or a right exists that somebody may be about to create.
 */
export type RetryWhen = 'never' | 'conflict' | 'transient' | 'created';

/** A request to an API server that did not do what it was sent for. */
export abstract class KubeError extends Error {
  abstract readonly retryWhen: RetryWhen;
  /** Milliseconds that the server asks to wait before the next attempt. */
  readonly retryAfterMs: number = 0;
}
