import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Connection } from './connection.ts';
import { CredentialsError } from './credentials-error.ts';

/**
 * How a context of a kubeconfig file reaches its cluster, with all that kubeconfigs can hold: client certificates, exec
 * plug-ins, proxies. Each call sees the file as it is then; an exec plug-in runs again when what it gave has expired.
 *
 * @param context the file's current context where undefined
 */
export function kubeconfigConnection(file: string, context: string | undefined): () => Promise<Connection> {
  let loaded: { readonly text: string; readonly kubeConfig: KubeConfig } | undefined;
  return async () => {
    const text = read(file);
    if (loaded?.text !== text) {
      const { KubeConfig } = await import('./client-node.ts');
      loaded = { text, kubeConfig: load(new KubeConfig(), file) };
      if (context !== undefined) select(loaded.kubeConfig, file, context);
    }
    return connect(loaded.kubeConfig, file);
  };
}

const MEND = 'Name a file that `kubectl --kubeconfig` reads.';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CredentialsError(`cannot read the kubeconfig ${file} (${code})`, MEND);
  }
}

function load(kubeConfig: KubeConfig, file: string): KubeConfig {
  try {
    kubeConfig.loadFromFile(file);
    return kubeConfig;
  } catch {
    // No message of a YAML parser is repeated: it quotes the text, which holds credentials.
    throw new CredentialsError(`${file} is not a kubeconfig`, MEND);
  }
}

function select(kubeConfig: KubeConfig, file: string, context: string): void {
  const names = kubeConfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new CredentialsError(
      `${file} has no context "${context}"`,
      `It has ${names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')}.`,
    );
  }
  kubeConfig.setCurrentContext(context);
}

async function connect(kubeConfig: KubeConfig, file: string): Promise<Connection> {
  const cluster = kubeConfig.getCurrentCluster();
  const context = kubeConfig.getCurrentContext();
  if (!cluster || !URL.canParse(cluster.server)) {
    throw new CredentialsError(
      `context "${context}" of ${file} names no cluster with a server`,
      'Mend the file, or choose another context with --target-context.',
    );
  }
  const { protocol, hostname, port, pathname } = new URL(cluster.server);
  if (protocol !== 'https:' || cluster.skipTLSVerify) {
    throw new CredentialsError(
      `the cluster of context "${context}" of ${file} is not verified: a credential would go to whoever answers`,
      'Give it an https server, and certificate-authority-data in place of insecure-skip-tls-verify.',
    );
  }
  return {
    url: cluster.server,
    basePath: pathname.replace(/\/+$/, ''),
    options: {
      ...(await credentialOf(kubeConfig, context, file)),
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 443 : Number(port),
    },
  };
}

async function credentialOf(kubeConfig: KubeConfig, context: string, file: string): Promise<RequestOptions> {
  // Explicit: the library leaves it to NODE_TLS_REJECT_UNAUTHORIZED otherwise.
  const options: RequestOptions = { rejectUnauthorized: true };
  try {
    await kubeConfig.applyToHTTPSOptions(options);
    // Without a proxy to go through, our own agent keeps the connection.
    const { agent, ...others } = options;
    return kubeConfig.getCurrentCluster()?.proxyUrl ? options : others;
  } catch (error) {
    const why = (error as Error).message.trim().replace(/\s+/g, ' ').slice(0, 500);
    throw new CredentialsError(
      `the user of context "${context}" of ${file} gives no credential: ${why}`,
      'See that its files exist and that its exec plug-in, if it has one, works in this container.',
    );
  }
}
