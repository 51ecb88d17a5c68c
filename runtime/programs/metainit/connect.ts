import { usageFailure } from '../../cli/failure.ts';
import { type ConnectDeps, connectByKubeconfig, connectInCluster } from '../../kube/connect.ts';
import { CredentialsError } from '../../kube/errors.ts';
import { SERVICE_ACCOUNT_DIRECTORY } from '../../kube/in-cluster.ts';
import type { Transport } from '../../kube/transport.ts';
import type { Options } from './options.ts';

/**
 * Connects by the first of these that is there: --kubeconfig, the ServiceAccount of the pod, KUBECONFIG. A static pod has the
 * address of its cluster in its environment, but no ServiceAccount.
 *
 * @throws CredentialsError, and Failure (exit code 2)
 */
export function connect({ kubeconfig }: Options, deps: ConnectDeps): Transport {
  const { env } = deps;
  if (kubeconfig !== undefined) {
    return connectByKubeconfig(kubeconfig, undefined, deps);
  }
  const { transport, read } = connectInCluster(
    env.SERVICE_ACCOUNT_DIRECTORY ?? SERVICE_ACCOUNT_DIRECTORY,
    deps,
  );
  try {
    read();
    return transport;
  } catch (error) {
    if (!(error instanceof CredentialsError) || !env.KUBECONFIG) {
      throw error;
    }
    return connectByKubeconfig(oneFile(env.KUBECONFIG), undefined, deps);
  }
}

/** KUBECONFIG may name several files, which kubectl merges. */
function oneFile(path: string): string {
  if (path.includes(':')) {
    throw usageFailure(`KUBECONFIG names several files: ${path}`, 'Name one file, with --kubeconfig.');
  }
  return path;
}
