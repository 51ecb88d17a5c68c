import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { UnreachableError } from '../kube/unreachable-error.ts';

/** Where every machine finds itself; the unspecified addresses lead there too. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** The first loopback address of a host; undefined where it has none. @throws UnreachableError when it has no address */
export async function loopbackAddressOf(host: string): Promise<string | undefined> {
  const addresses = await addressesOf(host);
  return addresses.find((address) => LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new UnreachableError(`${host} has no address (${(error as NodeJS.ErrnoException).code})`);
  }
}
