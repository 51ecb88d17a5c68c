import type { Agent, RequestOptions } from 'node:https';
import type { Cluster } from '@kubernetes/client-node';
import { addressOf } from './api-server.ts';
import type { Connection } from './connection.ts';
import { isToken, type ReadFile, readToken } from './credential-files.ts';
import { CredentialsError } from './errors.ts';
import { type KubeconfigFile, loadKubeconfig, readKubeconfig } from './kubeconfig-file.ts';
import { shorten } from './shorten.ts';

/**
 * How a context of a kubeconfig file reaches its cluster, with all that kubeconfigs can hold: client certificates, exec
 * plug-ins, proxies. Each call sees the file as it is then; an exec plug-in runs again when what it gave has expired,
 * or the server did not take it. Calls that come while another is under way get what that one gets: whoever gives up
 * an exec plug-in that hangs, and asks again, starts no second one.
 *
 * @param context the file's current context where undefined
 */
export function kubeconfigConnection(
  file: string,
  context: string | undefined,
  readFile: ReadFile,
): () => Promise<Connection> {
  let loaded: KubeconfigFile | undefined;
  const onUnauthorized = () => {
    loaded = undefined;
  };
  const connection = async (text: string): Promise<Connection> => {
    if (loaded?.text !== text) {
      loaded = await loadKubeconfig(file, text, context);
    }
    return { ...(await connect(loaded, readFile)), onUnauthorized };
  };
  let underWay: { readonly text: string; readonly connection: Promise<Connection> } | undefined;
  return async () => {
    const text = readKubeconfig(file, readFile);
    if (underWay?.text === text) {
      return underWay.connection;
    }
    const begun = { text, connection: connection(text) };
    underWay = begun;
    try {
      return await begun.connection;
    } finally {
      if (underWay === begun) {
        underWay = undefined;
      }
    }
  };
}

async function connect(kubeconfig: KubeconfigFile, readFile: ReadFile): Promise<Connection> {
  const { content, context, file } = kubeconfig;
  const cluster = content.getCurrentCluster();
  if (!cluster || !URL.canParse(cluster.server)) {
    throw new CredentialsError(
      'kubeconfig context',
      `context "${context}" of ${file} names no cluster with a server`,
      'Correct the file, or choose another context.',
    );
  }
  const url = new URL(cluster.server);
  if (url.protocol !== 'https:' || cluster.skipTLSVerify) {
    throw new CredentialsError(
      'kubeconfig cluster',
      `the cluster of context "${context}" of ${file} is not verified: a credential would go to whoever answers`,
      'Give it an https server, and certificate-authority-data in place of insecure-skip-tls-verify.',
    );
  }
  const { agent, ...options } = await optionsOf(kubeconfig, cluster);
  const headers = headersOf(kubeconfig, options, readFile);
  const { basePath, ...address } = addressOf(url);
  return {
    url: cluster.server,
    basePath,
    options: {
      ...options,
      headers,
      ...address,
      // Without a proxy to go through, our own agent keeps the connection.
      ...(cluster.proxyUrl && { agent: renewed(agent as Agent, options) }),
    },
    isBearer: false,
    secrets: [headers.Authorization?.slice(BEARER.length) ?? '', options.auth?.replace(/^[^:]*:/, '') ?? ''],
  };
}

async function optionsOf(kubeconfig: KubeconfigFile, { caFile, caData }: Cluster): Promise<RequestOptions> {
  const { content, context, file } = kubeconfig;
  if (!content.getCurrentUser()) {
    throw new CredentialsError(
      'kubeconfig context',
      `context "${context}" of ${file} names no user`,
      'Correct the file, or choose another context.',
    );
  }
  // Explicit: the library leaves it to NODE_TLS_REJECT_UNAUTHORIZED otherwise.
  const options: RequestOptions = { rejectUnauthorized: true };
  // The library overwrites it where the cluster has one.
  if (!caFile && !caData) {
    options.ca = await publicCas();
  }
  try {
    await content.applyToHTTPSOptions(options);
    return options;
  } catch (error) {
    throw noCredential(kubeconfig, whyNone(error as Error));
  }
}

/** The library makes one agent for a cluster and a user, whose first trust and credential would win over later ones. */
function renewed(agent: Agent, { ca, cert, key }: RequestOptions): Agent {
  Object.assign(agent.options, { ca, cert, key });
  return agent;
}

/**
 * For a cluster without a CA of its own: the engine's list, as it was built. Left to itself an engine adds whatever the
 * environment names (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE).
 */
async function publicCas(): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates];
}

const BEARER = 'Bearer ';

function headersOf(
  kubeconfig: KubeconfigFile,
  { headers }: RequestOptions,
  readFile: ReadFile,
): Record<string, string> {
  const { tokenFile } = kubeconfig;
  const all = { ...(headers as Record<string, string>) };
  // As kubectl has it: the file goes before a token beside it.
  if (tokenFile !== undefined) {
    all.Authorization = BEARER + readToken(tokenFile, readFile);
  }
  if (all.Authorization !== undefined && !isToken(all.Authorization.slice(BEARER.length))) {
    throw noCredential(kubeconfig, 'its token holds something else than one token');
  }
  return all;
}

function whyNone(error: Error): string {
  // The plug-in printed no JSON, or other JSON than an ExecCredential. The error's message quotes it, so it is not repeated.
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return 'its exec plug-in printed something else than an ExecCredential';
  }
  return shorten(error.message, 500) || 'its exec plug-in failed, and said nothing';
}

function noCredential({ context, file }: KubeconfigFile, why: string): CredentialsError {
  return new CredentialsError(
    'kubeconfig credential',
    `the user of context "${context}" of ${file} gives no credential: ${why}`,
    'See that its files exist and that its exec plug-in, if it has one, works in this container.',
  );
}
