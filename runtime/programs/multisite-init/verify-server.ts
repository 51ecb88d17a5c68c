import type { Clock } from '../../async/clock.ts';
import type { ApiServer } from '../../kube/api-server.ts';
import type { Authenticate } from '../../kube/authenticate.ts';
import { ApiError, KubeError, type RetryWhen } from '../../kube/errors.ts';

/** The test of --server failed: readers could not use this address. */
export class UnverifiedServerError extends KubeError {
  override readonly name = 'UnverifiedServerError';
  override readonly retryWhen: RetryWhen;
  override readonly retryAfterMs: number;

  /** @param cause the error of the test; undefined if the address itself is wrong */
  constructor(message: string, cause?: KubeError) {
    super(message, { cause });
    this.retryWhen = cause?.retryWhen === 'transient' ? 'transient' : 'never';
    this.retryAfterMs = cause?.retryAfterMs ?? 0;
  }
}

/**
 * Tests an address: it must not be a loopback address, its CA must verify its certificate, and it must accept the token.
 *
 * @throws UnverifiedServerError with the error of the test as its cause
 */
export function verifying(authenticate: Authenticate, clock: Clock): Authenticate {
  return async (server, token, signal) => {
    try {
      // Loaded only here, because few runs need it.
      const { loopbackAddressOf } = await import('./loopback.ts');
      const address = await loopbackAddressOf(server.host, clock, signal);
      if (address !== undefined) {
        throw loopbackRefusal(server, address);
      }
      return await authenticate(server, token, signal);
    } catch (error) {
      if (!(error instanceof KubeError) || error instanceof UnverifiedServerError) {
        throw error;
      }
      const why =
        error instanceof ApiError && error.code === 401
          ? 'it does not accept the token, which may belong to another cluster (401)'
          : error.message;
      throw new UnverifiedServerError(`--server ${server.url}: ${why}`, error);
    }
  };
}

function loopbackRefusal({ url, host }: ApiServer, address: string): UnverifiedServerError {
  const via = address === host ? '' : ` (${host} is ${address})`;
  return new UnverifiedServerError(
    `--server ${url} is a loopback address${via}: every reader would connect to its own machine`,
  );
}
