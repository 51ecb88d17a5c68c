import { type ApiServer, apiServerAt } from './api-server.ts';
import { type ReadFile, readCa, readToken } from './credential-files.ts';
import { CredentialsError } from './errors.ts';
import { isHost } from './host.ts';
import { shorten } from './shorten.ts';

/** How a pod reaches its own API server, and with which token. */
export interface InCluster {
  readonly server: ApiServer;
  readonly token: string;
  /** The pod's namespace. Undefined if the kubelet did not mount it. */
  readonly namespace: string | undefined;
}

/** The folder in which the kubelet mounts a pod's own token and CA. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads what every pod gets: `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, `token`, `ca.crt` and
 * `namespace` (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/).
 *
 * @throws CredentialsError with the name of what is missing, empty or unreadable
 */
export function readInCluster(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
  readFile: ReadFile,
): InCluster {
  const { host, port } = serviceOf(env);
  return {
    token: readToken(`${directory}/token`, readFile),
    server: apiServerAt(host, port, readCa(`${directory}/ca.crt`, readFile)),
    namespace: readNamespace(`${directory}/namespace`, readFile),
  };
}

function serviceOf(env: Readonly<Record<string, string | undefined>>): { host: string; port: number } {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '';
  if (host === '' || port === '') {
    throw new CredentialsError(
      'not in a cluster',
      'not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set',
      'Run it in a pod.',
    );
  }
  if (!isHost(host)) {
    throw new CredentialsError(
      'service host',
      `KUBERNETES_SERVICE_HOST is "${shorten(host.replace(/^.*@/, '…@'), 300)}", which is neither an IP address nor a host name`,
      'Remove the variable from the pod: the kubelet sets it.',
    );
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new CredentialsError(
      'service port',
      `KUBERNETES_SERVICE_PORT is "${port}", which is not a port number`,
      'Remove the variable from the pod: the kubelet sets it.',
    );
  }
  return { host, port: Number(port) };
}

function readNamespace(path: string, readFile: ReadFile): string | undefined {
  try {
    return readFile(path).trim() || undefined;
  } catch {
    // Not every volume with a token has this file.
    return undefined;
  }
}
