import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { KubeError, type Mend } from '../kube/kube-error.ts';
import { UnreachableError } from '../kube/unreachable-error.ts';
import type { Authenticate } from './authenticate.ts';

/** The address of --server did not prove to be one that readers could use. */
export class UnverifiedServerError extends KubeError {
  override readonly name = 'UnverifiedServerError';
  override readonly mendedBy: Mend;

  constructor(message: string, mendedBy: Mend, options?: ErrorOptions) {
    super(message, options);
    this.mendedBy = mendedBy;
  }
}

/**
 * Makes sure that an address is no loopback address, answers with a certificate of its CA, and takes the token.
 *
 * @throws UnverifiedServerError with the error that says so as its cause
 */
export function verifying(authenticate: Authenticate): Authenticate {
  return async (server, token, timeoutMs) => {
    try {
      await refuseLoopback(server);
      return await authenticate(server, token, timeoutMs);
    } catch (error) {
      if (!(error instanceof KubeError) || error instanceof UnverifiedServerError) throw error;
      const why =
        error instanceof ApiError && error.status === 401
          ? 'it does not take the token, which is perhaps of another cluster (401)'
          : error.message;
      const mendedBy = error.mendedBy === 'time' ? 'time' : 'nothing';
      throw new UnverifiedServerError(`--server ${server.url}: ${why}`, mendedBy, { cause: error });
    }
  };
}

/** Where every machine finds itself; the unspecified addresses lead there too. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

async function refuseLoopback({ url, host }: ApiServer): Promise<void> {
  for (const address of await addressesOf(host)) {
    if (LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
      const via = address === host ? '' : ` (${host} is ${address})`;
      throw new UnverifiedServerError(
        `--server ${url} is a loopback address${via}: every reader would find itself there`,
        'nothing',
      );
    }
  }
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new UnreachableError(`${host} has no address (${(error as NodeJS.ErrnoException).code})`);
  }
}
