import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { ApiServer } from './api-server.ts';

/** How requests reach one API server, and as whom. */
export interface Connection {
  /** For messages. */
  readonly url: string;
  /** What comes before the path of every request. */
  readonly basePath: string;
  /** Host, port, trust and credential, as node:https wants them. */
  readonly options: RequestOptions;
  /** What of that nobody may see. */
  readonly secrets: readonly string[];
  /** Told that the server does not take the credential. */
  readonly onUnauthorized?: () => void;
}

/** With a bearer token; none says nothing of who asks. */
export function bearerConnection(server: ApiServer, token?: string): Connection {
  const { url, host, port, basePath, ca } = server;
  return {
    url,
    basePath,
    secrets: token === undefined ? [] : [token],
    options: {
      host,
      port,
      ca,
      // An IP address is no server name (RFC 6066, section 3).
      servername: isIP(host) === 0 ? host : '',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    },
  };
}
