import type { Credential } from './credential.ts';

/** A token is renewed when this part of its life is over, as the kubelet does with those it mounts. */
const USED_UP = 0.8;
/** Replicas that renew at the same moment would each ask for a token: they come up to this part earlier. */
const JITTER = 0.05;

/**
 * When to renew a credential, in milliseconds since 1970; infinite for one without an end.
 *
 * @param start when its life began by our own clock, which may differ from the server's
 * @param random a number in [0, 1)
 */
export function renewalTime({ life }: Credential, start: number, random: number): number {
  if (life === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const length = life.expires.getTime() - life.issued.getTime();
  return start + length * (USED_UP - JITTER * random);
}
