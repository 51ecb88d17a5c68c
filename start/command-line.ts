import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';
import { helpText } from '../runtime/cli/help.ts';
import { parseCommandLine as parse } from '../runtime/cli/parse-command-line.ts';
import { parseText } from '../runtime/cli/parse-values.ts';

const COMMAND: Command = {
  name: 'npm start',
  summary: 'show what cdk8s-multisite does, on real Kubernetes API servers',
  description: `Synthesizes the manifests, applies them, runs multisite-init as the pod would, and uses the kubeconfig that
multisite-init wrote.

Without arguments it starts two API servers on this machine, central and edge. Both register in one kubeconfig.

With --node, central is a whole node, where pods run. Cloudify Manager boots on the node, in a stand-in for
Cloudify's image, and deploys a workload with the kubeconfig.

With --metainit it shows something else: a controller that cannot start, because its own hold catches it, and metainit,
which releases it.

At the end, npm start removes everything that it started or created. Only the built programs and images stay, in ~/.cache.`,
  usage: [
    'npm start',
    'npm start -- --node',
    'npm start -- --metainit',
    'npm start -- --context NAME [--yes]',
  ],
  sections: [
    {
      title: 'Flags',
      flags: {
        node: {
          excludes: ['context'],
          help:
            'start a node too. This needs root on Debian, and the packages buildah, runc, mmdebstrap,\n' +
            'nftables, iproute2 and procps. The first run builds programs and images for ten minutes',
        },
        metainit: {
          excludes: ['node', 'context'],
          help: 'show metainit on one API server of its own, without a node',
        },
        context: {
          placeholder: 'NAME',
          help:
            'start no cluster: use the cluster of this context in your kubeconfig (KUBECONFIG, or ~/.kube/config).\n' +
            'npm start creates a namespace, the ConfigMap and its RBAC. At the end it deletes exactly these objects.\n' +
            'The context must have the rights for that',
        },
        yes: {
          short: 'y',
          needs: ['context'],
          help: 'create the objects in the cluster of --context without a question',
        },
        help: HELP_FLAG,
      },
    },
  ],
};

export const HELP = `${helpText(COMMAND, COMMAND.name)}\n`;

export interface CommandLine {
  readonly help: boolean;
  /** A context of the user's kubeconfig. Undefined for our own control planes. */
  readonly context: string | undefined;
  readonly yes: boolean;
  /** Whether to show the job in pods, on our own node. */
  readonly node: boolean;
  /** Whether to show metainit instead. */
  readonly metainit: boolean;
}

/** @throws Failure (exit code 2) */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { kind, values } = parse(COMMAND, args);
  return {
    help: kind === 'help',
    context: values.find('context', parseText),
    yes: values.has('yes'),
    node: values.has('node'),
    metainit: values.has('metainit'),
  };
}
