/** Milliseconds to wait before the next attempt. */
export interface Backoff {
  next(): number;
}

/**
 * Exponential back-off with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). The
 * wait is random, up to a bound that doubles from `baseMs` to `capMs`. So clients that failed together do not come back
 * together.
 */
export function createBackoff(baseMs: number, capMs: number, random: () => number): Backoff {
  let bound = baseMs;
  return {
    next: () => {
      const wait = random() * bound;
      bound = Math.min(bound * 2, capMs);
      return wait;
    },
  };
}
