import type { RequestOptions } from 'node:https';
import type { ApiServer } from './api-server.ts';

/** How requests reach one API server, and with which credential. */
export interface Connection {
  /** For messages. */
  readonly url: string;
  /** The prefix of every request's path. */
  readonly basePath: string;
  /** Host, port, CA and credential, as options of node:https. */
  readonly options: RequestOptions;
  /** Whether the options have only CA and headers: no client certificate, no proxy, no other name of the server. */
  readonly isBearer: boolean;
  /** The secret parts of the options and headers. */
  readonly secrets: readonly string[];
  /** Called when the server does not accept the credential. */
  readonly onUnauthorized?: () => void;
}

/** A connection with a bearer token. Without a token, requests are anonymous. */
export function bearerConnection(server: ApiServer, token?: string): Connection {
  const { url, host, port, basePath, ca, tlsServerName } = server;
  return {
    url,
    basePath,
    isBearer: tlsServerName === undefined,
    secrets: token === undefined ? [] : [token],
    options: {
      host,
      port,
      ca,
      ...(tlsServerName !== undefined && { servername: tlsServerName }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    },
  };
}
