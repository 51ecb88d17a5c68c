import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Clock } from '../../async/clock.ts';
import { DeadlineError, untilAborted, withDeadline } from '../../async/deadline.ts';
import { UnreachableError } from '../../kube/errors.ts';

/** With these addresses, every machine reaches itself. The unspecified addresses do the same. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Time limit for the name server, in milliseconds: the same as for a request. */
const LOOK_UP_LIMIT_MS = 10_000;

/** Looks up all addresses of a host, like node:dns. */
type LookUp = (host: string, options: { readonly all: true }) => Promise<{ readonly address: string }[]>;

/**
 * The first loopback address of a host. Undefined if it has none.
 *
 * @throws UnreachableError if no address is found in time
 */
export async function loopbackAddressOf(
  host: string,
  clock: Clock,
  signal: AbortSignal,
  lookUp: LookUp = lookup,
): Promise<string | undefined> {
  const addresses = await addressesOf(host, clock, signal, lookUp);
  return addresses.find((address) => LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

async function addressesOf(
  host: string,
  clock: Clock,
  parent: AbortSignal,
  lookUp: LookUp,
): Promise<string[]> {
  if (isIP(host) !== 0) {
    return [host];
  }
  const start = clock.now();
  try {
    return await withDeadline(clock, LOOK_UP_LIMIT_MS, parent, async (signal) => {
      const found = await untilAborted(signal, lookUp(host, { all: true }));
      return found.map(({ address }) => address);
    });
  } catch (error) {
    if (error instanceof DeadlineError) {
      throw new UnreachableError(
        `the address of ${host} was not resolved within ${Math.round(clock.now() - start) / 1000} s`,
      );
    }
    parent.throwIfAborted();
    throw new UnreachableError(`${host} has no address (${(error as NodeJS.ErrnoException).code})`);
  }
}
