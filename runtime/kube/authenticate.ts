import type { Clock } from '../async/clock.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ApiError } from './errors.ts';
import { noCredential, whoAmI } from './self-subject.ts';
import { tokenClaims } from './token-claims.ts';
import { createTransport } from './transport.ts';

/** The identity that a server sees for a token. @throws KubeError: an ApiError with code 401 if the server does not accept the token */
export type Authenticate = (server: ApiServer, token: string, signal: AbortSignal) => Promise<string>;

/** A token that no server accepts. */
const WRONG_TOKEN = 'not-a-token';

export function createAuthenticate(userAgent: string, clock: Clock): Authenticate {
  const ask = async (server: ApiServer, token: string, signal: AbortSignal) => {
    const transport = createTransport(await connectionTo(server, token), userAgent, clock);
    try {
      return await whoAmI(transport, signal);
    } finally {
      transport.close();
    }
  };
  return async (server, token, signal) => {
    try {
      return await ask(server, token, signal);
    } catch (error) {
      if (!isForbidden(error)) {
        throw error;
      }
      // There are two possible causes: the identity may not create a SelfSubjectReview, or something on the way removed the
      // token. A wrong token shows which. If it reaches the server, the answer is 401, otherwise 403 again.
      await ask(server, WRONG_TOKEN, signal).catch(throwUnlessUnauthorized);
      return tokenClaims(token).subject ?? 'an identity that may not ask for its name';
    }
  };
}

async function connectionTo(
  server: ApiServer,
  token: string,
): Promise<() => Connection | Promise<Connection>> {
  if (server.proxyUrl === undefined) {
    return () => bearerConnection(server, token);
  }
  // Loaded only if there is a proxy.
  const { proxiedConnection } = await import('./proxy-agent.ts');
  return proxiedConnection(server, token);
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.code === 403;
}

function throwUnlessUnauthorized(error: unknown): void {
  if (error instanceof ApiError && error.code === 401) {
    return;
  }
  throw isForbidden(error) ? noCredential() : error;
}
