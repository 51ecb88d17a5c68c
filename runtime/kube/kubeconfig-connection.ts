import { rootCertificates } from 'node:tls';
import { addressOf } from './api-server.ts';
import type { Connection } from './connection.ts';
import type { ReadFile } from './credential-files.ts';
import { CredentialsError } from './errors.ts';
import { impersonationHeaders } from './impersonation.ts';
import { type KubeconfigFile, loadKubeconfig, readKubeconfig } from './kubeconfig-file.ts';
import { type ProxyAgent, proxyAgent } from './proxy-agent.ts';
import { type KubeconfigDeps, type UserCredential, userCredential } from './user-credential.ts';

/**
 * How a context of a kubeconfig file reaches its cluster. It supports all that kubeconfigs can hold: client certificates,
 * exec plug-ins, proxies. Each call reads the current file. An exec plug-in runs again when its credential has expired, or
 * when the server did not accept it. Calls at the same time share one result. So if a caller stops waiting for a hanging
 * exec plug-in and calls again, no second exec plug-in starts.
 *
 * @param context undefined for the file's current context
 */
export function kubeconfigConnection(
  file: string,
  context: string | undefined,
  deps: KubeconfigDeps,
): () => Promise<Connection> {
  let loaded: Loaded | undefined;
  const onUnauthorized = () => {
    loaded = undefined;
  };
  const connection = async (text: string): Promise<Connection> => {
    if (loaded?.kubeconfig.text !== text) {
      const kubeconfig = loadKubeconfig(file, text, context);
      loaded = {
        kubeconfig,
        credential: userCredential(kubeconfig, deps),
        agent: proxyAgent(kubeconfig.cluster),
      };
    }
    return { ...(await connect(loaded, deps.readFile)), onUnauthorized };
  };
  let underWay: { readonly text: string; readonly connection: Promise<Connection> } | undefined;
  return async () => {
    const text = readKubeconfig(file, deps.readFile);
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

/** What is kept until the file changes. */
interface Loaded {
  readonly kubeconfig: KubeconfigFile;
  readonly credential: UserCredential;
  readonly agent: ProxyAgent;
}

async function connect({ kubeconfig, credential, agent }: Loaded, readFile: ReadFile): Promise<Connection> {
  const { cluster, user } = kubeconfig;
  const url = verifiedUrl(kubeconfig);
  const ca = caOf(kubeconfig, readFile);
  const { authorization, certificate, secret = '' } = await credential();
  const { basePath, ...address } = addressOf(url);
  return {
    url: url.origin + basePath,
    basePath,
    options: {
      // Explicit, so that the environment (NODE_TLS_REJECT_UNAUTHORIZED) does not switch off the check of certificates.
      rejectUnauthorized: true,
      ca,
      ...certificate,
      ...(cluster['tls-server-name'] && { servername: cluster['tls-server-name'] }),
      ...address,
      headers: { ...impersonationHeaders(user), ...(authorization && { Authorization: authorization }) },
      // Without a proxy, our own agent keeps the connection alive.
      ...(cluster['proxy-url'] && { agent: await agent() }),
    },
    isBearer: false,
    secrets: [secret],
  };
}

/** @throws CredentialsError if the server's certificate would not be checked */
function verifiedUrl({ cluster, context, file }: KubeconfigFile): URL {
  // As in kubectl, a server without a scheme uses http.
  const server = cluster.server?.includes('://') ? cluster.server : `http://${cluster.server}`;
  if (!URL.canParse(server)) {
    throw new CredentialsError(
      'kubeconfig context',
      `the server of context "${context}" in ${file} is not a URL`,
      'Correct the file, or choose another context.',
    );
  }
  const url = new URL(server);
  if (url.protocol !== 'https:' || cluster['insecure-skip-tls-verify']) {
    throw new CredentialsError(
      'kubeconfig cluster',
      `context "${context}" in ${file}: the server's certificate would not be checked, so any server could get the credential`,
      'Give the cluster an https server, and certificate-authority-data in place of insecure-skip-tls-verify.',
    );
  }
  return url;
}

/**
 * For a cluster without its own CA: the CA certificates that are built into the engine. By default an engine adds those that the
 * environment names (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE).
 */
function caOf({ cluster, context, file }: KubeconfigFile, readFile: ReadFile): string | string[] {
  const data = cluster['certificate-authority-data'];
  if (data !== undefined && data.length > 0) {
    return data.toString('utf8');
  }
  const path = cluster['certificate-authority'];
  if (!path) {
    return [...rootCertificates];
  }
  try {
    return readFile(path);
  } catch (error) {
    throw new CredentialsError(
      'kubeconfig cluster',
      `cannot read the CA file ${path} of context "${context}" in ${file} (${(error as NodeJS.ErrnoException).code})`,
      'Create the CA file, or give the cluster certificate-authority-data.',
    );
  }
}
