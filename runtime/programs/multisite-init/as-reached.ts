import type { ApiServer } from '../../kube/api-server.ts';
import type { ExistingEntry } from '../../kubeconfig/read-entry.ts';

/** A server as an existing entry says that it is reached, if the entry is of that server. */
export function asReached(server: ApiServer, existing: ExistingEntry | undefined): ApiServer {
  if (existing?.server !== server.url) {
    return server;
  }
  const { tlsServerName, proxyUrl } = existing;
  return {
    ...server,
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(proxyUrl !== undefined && { proxyUrl }),
  };
}
