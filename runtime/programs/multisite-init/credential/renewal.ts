import type { Credential } from './credential.ts';

/** A token is renewed when this part of its lifetime is over. The kubelet uses the same part for mounted tokens. */
const USED_UP = 0.8;
/** Each replica renews a random time earlier, up to this part of the lifetime. Otherwise all would request a token at the same moment. */
const JITTER = 0.05;

/**
 * When to renew a credential, in milliseconds since 1970. Infinite for a credential without an end.
 *
 * @param start the begin of its lifetime by our own clock, which may differ from the server's
 * @param random a number in [0, 1)
 */
export function renewalTime({ life }: Credential, start: number, random: number): number {
  if (life === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const length = life.expires.getTime() - life.issued.getTime();
  return start + length * (USED_UP - JITTER * random);
}
