import type { Agent, RequestOptions } from 'node:https';
import type { Cluster } from '../kubeconfig/client-config.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ProxyUrlError } from './errors.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** The agent that goes through a cluster's proxy. It keeps no connection alive. */
export type ProxyAgent = () => Promise<Agent>;

/** By client-node, which knows proxies of HTTP, HTTPS and SOCKS. It is loaded once, for the first request. */
export function proxyAgent(cluster: Cluster): ProxyAgent {
  let agent: Agent | undefined;
  return async () => {
    agent ??= await createAgent(cluster);
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

async function createAgent(cluster: Cluster): Promise<Agent> {
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
  agent.options = Object.fromEntries(
    Object.entries(agent.options).filter(([, value]) => value !== undefined),
  );
  return agent;
}
