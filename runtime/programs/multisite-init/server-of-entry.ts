import type { ApiServer } from '../../kube/api-server.ts';
import type { ExistingEntry } from '../../kubeconfig/read-entry.ts';
import { isSameServer } from '../../kubeconfig/same-server.ts';

/** A server as readers of an existing entry reach it: with the entry's proxy and server name, if the entry is for this server. */
export function serverOfEntry(server: ApiServer, existing: ExistingEntry | undefined): ApiServer {
  if (existing?.server === undefined || !isSameServer(existing.server, server.url)) {
    return server;
  }
  const { tlsServerName, proxyUrl } = existing;
  return {
    ...server,
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(proxyUrl !== undefined && { proxyUrl }),
  };
}
