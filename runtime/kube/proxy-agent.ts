import type { Agent, RequestOptions } from 'node:https';
import type { Cluster } from '../kubeconfig/client-config.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ProxyUrlError } from './errors.ts';
import { parseProxyUrl } from './proxy-url.ts';
import { REQUEST_LIMIT_MS } from './transport.ts';

/** Creates the agent that connects through a cluster's proxy. It keeps no connection alive. */
export type ProxyAgent = () => Promise<Agent>;

/**
 * Uses client-node, which supports proxies of HTTP, HTTPS and SOCKS. client-node is loaded once, for the first request.
 *
 * @param limitMs the time limit for an HTTP proxy to open a tunnel, in milliseconds; aborting the request does not stop this step
 */
export function proxyAgent(cluster: Cluster, limitMs = REQUEST_LIMIT_MS): ProxyAgent {
  let agent: Agent | undefined;
  return async () => {
    agent ??= await createAgent(cluster, limitMs);
    return agent;
  };
}

/** A connection with a bearer token, through the server's proxy. @throws ProxyUrlError if `proxyUrl` is not the URL of a proxy */
export function proxiedConnection(server: ApiServer, token: string): () => Promise<Connection> {
  const { url, proxyUrl = '' } = server;
  const agent = proxyAgent({ server: url, 'proxy-url': proxyUrl });
  return async () => {
    const connection = bearerConnection(server, token);
    return { ...connection, isBearer: false, options: { ...connection.options, agent: await agent() } };
  };
}

async function createAgent(cluster: Cluster, limitMs: number): Promise<Agent> {
  const { server = '', 'proxy-url': proxyUrl = '' } = cluster;
  const proxy = parseProxyUrl(proxyUrl);
  if (proxy === undefined) {
    throw new ProxyUrlError(server);
  }
  const { KubeConfig } = await import('./client-node.ts');
  const content = new KubeConfig();
  content.loadFromClusterAndUser(
    { name: 'cluster', server, skipTLSVerify: false, proxyUrl: proxy.href },
    { name: 'user' },
  );
  const options: RequestOptions = { rejectUnauthorized: true };
  await content.applyToHTTPSOptions(options);
  const agent = options.agent as Agent;
  // An agent's options override those of a request, even if they are undefined. CA and client certificate must come from the request.
  const given = Object.entries(agent.options).filter(([, value]) => value !== undefined);
  // The timeout is set after the construction. A SOCKS agent has its own limit. If its constructor got this timeout, the
  // agent would close idle connections.
  agent.options = { ...Object.fromEntries(given), timeout: limitMs };
  return agent;
}
