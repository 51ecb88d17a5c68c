import type { ApiServer } from '../../kube/api-server.ts';
import { bearerConnection } from '../../kube/connection.ts';
import { KubeError, type RetryWhen } from '../../kube/kube-error.ts';
import { whoAmI } from '../../kube/self-subject-review.ts';
import { createTransport } from '../../kube/transport.ts';

/** Who a server takes a token for. @throws KubeError, an ApiError with status 401 where it does not take it */
export type Authenticate = (server: ApiServer, token: string, timeoutMs: number) => Promise<string>;

/** What was written does not authenticate (--verify). */
export class UselessEntryError extends KubeError {
  override readonly name = 'UselessEntryError';
  override readonly retryWhen: RetryWhen = 'never';
}

export function createAuthenticate(userAgent: string): Authenticate {
  return async (server, token, timeoutMs) => {
    const transport = createTransport(() => bearerConnection(server, token), userAgent);
    try {
      return await whoAmI(transport, timeoutMs);
    } finally {
      transport.close();
    }
  };
}
