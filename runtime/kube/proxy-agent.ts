import type { Agent, RequestOptions } from 'node:https';
import type { Cluster } from '../kubeconfig/client-config.ts';
import type { ApiServer } from './api-server.ts';
import { bearerConnection, type Connection } from './connection.ts';
import { ProxyUrlError } from './errors.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** The agent that goes through a cluster's proxy, with trust and client certificate as they are now. */
export type ProxyAgent = (tls: RequestOptions) => Promise<Agent>;

/** By client-node, which knows proxies of HTTP, HTTPS and SOCKS. There is one agent, since it keeps the connections. */
export function proxyAgent(cluster: Cluster): ProxyAgent {
  let agent: Agent | undefined;
  return async (tls) => {
    agent ??= await createAgent(cluster, tls);
    // Else those of the first request would win over later ones.
    const { ca, cert, key } = tls;
    Object.assign(agent.options, { ca, cert, key });
    return agent;
  };
}

/** With a bearer token, through the server's proxy. @throws ProxyUrlError where its URL is none of a proxy */
export function proxiedConnection(server: ApiServer, token: string): () => Promise<Connection> {
  const { url, proxyUrl = '', tlsServerName } = server;
  const agent = proxyAgent({
    server: url,
    'proxy-url': proxyUrl,
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
  });
  return async () => {
    const connection = bearerConnection(server, token);
    const { ca, servername } = connection.options;
    const tls = { rejectUnauthorized: true, ca, ...(servername !== undefined && { servername }) };
    return { ...connection, isBearer: false, options: { ...connection.options, agent: await agent(tls) } };
  };
}

async function createAgent(cluster: Cluster, tls: RequestOptions): Promise<Agent> {
  const { server = '', 'proxy-url': proxyUrl = '', 'tls-server-name': tlsServerName } = cluster;
  const proxy = parseProxyUrl(proxyUrl);
  if (proxy === undefined) {
    throw new ProxyUrlError(server);
  }
  const { KubeConfig } = await import('./client-node.ts');
  const content = new KubeConfig();
  content.loadFromClusterAndUser(
    {
      name: 'cluster',
      server,
      skipTLSVerify: false,
      proxyUrl: proxy.href,
      ...(tlsServerName && { tlsServerName }),
    },
    { name: 'user' },
  );
  const options = { ...tls };
  await content.applyToHTTPSOptions(options);
  return options.agent as Agent;
}
