import type { RequestOptions } from 'node:https';
import type { ApiServer } from './api-server.ts';

/** How requests reach one API server, and as whom. */
export interface Connection {
  /** For messages. */
  readonly url: string;
  /** What comes before the path of every request. */
  readonly basePath: string;
  /** Host, port, trust and credential, as node:https wants them. */
  readonly options: RequestOptions;
  /** Whether CA and headers are all there is to it: no client certificate, no proxy, no other name of the server. */
  readonly isBearer: boolean;
  /** What of that nobody may see. */
  readonly secrets: readonly string[];
  /** Told that the server does not take the credential. */
  readonly onUnauthorized?: () => void;
}

/** With a bearer token. Without one, requests are anonymous. */
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
