import type { Clock } from '../async/clock.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ApiError } from './errors.ts';
import { noCredential, whoAmI } from './self-subject.ts';
import { tokenClaims } from './token-claims.ts';
import { createTransport } from './transport.ts';

/** Who a server takes a token for. @throws KubeError, an ApiError with code 401 where it does not take it */
export type Authenticate = (server: ApiServer, token: string, signal: AbortSignal) => Promise<string>;

/** A token that no server takes. */
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
      // The identity may not ask who it is. A server that sees the token refuses a wrong one with 401; where something
      // on the way takes the token off, that is forbidden as well.
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
  // Loaded only where there is one.
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
