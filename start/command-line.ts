import { parseArgs } from 'node:util';

export const HELP = `npm start - the main job, on a real Kubernetes API server

Synthesizes the manifests, applies them, runs multisite-init as the pod would, and uses the kubeconfig
that it wrote. Without arguments it starts an API server of its own and removes it again.

With --node it does so where pods run: it starts a whole node of its own, on which Cloudify Manager boots (on a
stand-in of Cloudify's image) and deploys a workload with the kubeconfig, and removes that node again.

Usage:
  npm start
  npm start -- --node
  npm start -- --context NAME [--yes]

Flags:
      --node          start a node, too; takes root on Linux. The first time it builds programs and images: minutes
      --context NAME  use this context of your kubeconfig (KUBECONFIG, or ~/.kube/config) instead: creates a
                      namespace with the ConfigMap and its RBAC there, and deletes exactly that at the end
  -y, --yes           do not ask before creating anything in that cluster
  -h, --help          show this
`;

export interface CommandLine {
  readonly help: boolean;
  /** A context of the user's kubeconfig; undefined for a control plane of our own. */
  readonly context: string | undefined;
  readonly yes: boolean;
  /** Whether to show it in pods, on a node of our own. */
  readonly node: boolean;
}

/** The command line, or what the user did, asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  let values: { help?: boolean; context?: string; yes?: boolean; node?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        context: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        node: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. See: npm start -- --help`);
  }
  if (values.context === '') {
    throw new UsageError('--context is empty: name one of `kubectl config get-contexts`');
  }
  if (values.yes && values.context === undefined) {
    throw new UsageError('--yes goes with --context: without it nothing outside of this machine is touched');
  }
  if (values.node && values.context !== undefined) {
    throw new UsageError(
      '--node starts a node of its own, and --context takes a cluster of yours: give one of them',
    );
  }
  const { help = false, context, yes = false, node = false } = values;
  return { help, context, yes, node };
}
