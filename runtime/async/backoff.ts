/** Milliseconds to wait before the next attempt. */
export interface Backoff {
  next(): number;
}

/**
 * Exponential back-off with full jitter: a random wait up to a bound that doubles from `baseMs` to `capMs`, so that
 * clients which failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
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
