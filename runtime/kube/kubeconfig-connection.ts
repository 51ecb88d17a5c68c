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

/** What is kept as long as the file stays the same. */
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
      // Explicit: the environment (NODE_TLS_REJECT_UNAUTHORIZED) does not switch it off.
      rejectUnauthorized: true,
      ca,
      ...certificate,
      ...(cluster['tls-server-name'] && { servername: cluster['tls-server-name'] }),
      ...address,
      headers: { ...impersonationHeaders(user), ...(authorization && { Authorization: authorization }) },
      // Without a proxy to go through, our own agent keeps the connection.
      ...(cluster['proxy-url'] && { agent: await agent() }),
    },
    isBearer: false,
    secrets: [secret],
  };
}

/** @throws CredentialsError where the server is not one whose certificate is checked */
function verifiedUrl({ cluster, context, file }: KubeconfigFile): URL {
  // As kubectl has it, a server without a scheme is one of http.
  const server = cluster.server?.includes('://') ? cluster.server : `http://${cluster.server}`;
  if (!URL.canParse(server)) {
    throw new CredentialsError(
      'kubeconfig context',
      `the server of context "${context}" of ${file} is not a URL`,
      'Correct the file, or choose another context.',
    );
  }
  const url = new URL(server);
  if (url.protocol !== 'https:' || cluster['insecure-skip-tls-verify']) {
    throw new CredentialsError(
      'kubeconfig cluster',
      `the cluster of context "${context}" of ${file} is not verified: a credential would go to whoever answers`,
      'Give it an https server, and certificate-authority-data in place of insecure-skip-tls-verify.',
    );
  }
  return url;
}

/**
 * For a cluster without a CA of its own: the engine's list, as it was built. Left to itself an engine adds whatever the
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
      `cannot read the CA file ${path} of context "${context}" of ${file} (${(error as NodeJS.ErrnoException).code})`,
      'Put it there, or give the cluster certificate-authority-data.',
    );
  }
}
