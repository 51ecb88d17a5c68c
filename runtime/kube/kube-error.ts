/**
 * What may mend an error of a request: nothing, reading again (somebody wrote in between), a little time (a fault), or
 * an object or a right that is about to appear.
 */
export type Mend = 'nothing' | 'reading again' | 'time' | 'appearance';

/** A request to an API server that did not do what it was sent for. */
export abstract class KubeError extends Error {
  abstract readonly mendedBy: Mend;
  /** Milliseconds that the server asks to wait before the next attempt. */
  readonly retryAfterMs: number = 0;
}
