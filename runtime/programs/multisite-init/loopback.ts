import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { UnreachableError } from '../../kube/unreachable-error.ts';
import { within } from '../../kube/within.ts';

/** Where every machine finds itself; the unspecified addresses lead there too. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** All addresses of a host, as node:dns looks them up. */
type LookUp = (host: string, options: { readonly all: true }) => Promise<{ readonly address: string }[]>;

/**
 * The first loopback address of a host; undefined where it has none.
 *
 * @throws UnreachableError when no address is found, or not in time
 */
export async function loopbackAddressOf(
  host: string,
  timeoutMs: number,
  lookUp: LookUp = lookup,
): Promise<string | undefined> {
  const addresses = await within(timeoutMs, addressesOf(host, lookUp), `${host} got no address`);
  return addresses.find((address) => LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

async function addressesOf(host: string, lookUp: LookUp): Promise<string[]> {
  if (isIP(host) !== 0) {
    return [host];
  }
  try {
    return (await lookUp(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new UnreachableError(`${host} has no address (${(error as NodeJS.ErrnoException).code})`);
  }
}
