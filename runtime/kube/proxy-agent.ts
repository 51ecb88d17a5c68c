import type { Agent, RequestOptions } from 'node:https';
import type { Cluster } from '../kubeconfig/client-config.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ProxyUrlError } from './errors.ts';
import { parseProxyUrl } from './proxy-url.ts';
import { REQUEST_LIMIT_MS } from './transport.ts';

/** The agent that goes through a cluster's proxy. It keeps no connection alive. */
export type ProxyAgent = () => Promise<Agent>;

/**
 * By client-node, which knows proxies of HTTP, HTTPS and SOCKS. It is loaded once, for the first request.
 *
 * @param limitMs for a proxy of HTTP to open a tunnel, in milliseconds: an end of the request does not reach that
 */
export function proxyAgent(cluster: Cluster, limitMs = REQUEST_LIMIT_MS): ProxyAgent {
  let agent: Agent | undefined;
  return async () => {
    agent ??= await createAgent(cluster, limitMs);
    return agent;
  };
}

/** With a bearer token, through the server's proxy. @throws ProxyUrlError where its URL is none of a proxy */
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
  // An agent's options win over those of a request, and be they undefined. Trust and client certificate are the request's.
  const given = Object.entries(agent.options).filter(([, value]) => value !== undefined);
  // Not when it is created: one of SOCKS, which has a limit of its own, would end connections that are silent for so long.
  agent.options = { ...Object.fromEntries(given), timeout: limitMs };
  return agent;
}
