import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';
import { helpText } from '../runtime/cli/help.ts';
import { parseCommandLine as parse } from '../runtime/cli/parse-command-line.ts';
import { parseText } from '../runtime/cli/parse-values.ts';

const COMMAND: Command = {
  name: 'npm start',
  summary: 'the main job, on a real Kubernetes API server',
  description: `Synthesizes the manifests, applies them, runs multisite-init as the pod would, and uses the kubeconfig
that it wrote. Without arguments it starts an API server of its own and removes it again.

With --node it does so where pods run: it starts a whole node of its own, on which Cloudify Manager boots (on a
stand-in of Cloudify's image) and deploys a workload with the kubeconfig, and removes that node again.`,
  usage: ['npm start', 'npm start -- --node', 'npm start -- --context NAME [--yes]'],
  sections: [
    {
      title: 'Flags',
      flags: {
        node: {
          excludes: ['context'],
          help: 'start a node, too; takes root on Linux. The first time it builds programs and images: minutes',
        },
        context: {
          placeholder: 'NAME',
          help:
            'use this context of your kubeconfig (KUBECONFIG, or ~/.kube/config) instead: creates a\n' +
            'namespace with the ConfigMap and its RBAC there, and deletes exactly that at the end',
        },
        yes: {
          short: 'y',
          needs: ['context'],
          help: 'do not ask before creating anything in that cluster',
        },
        help: HELP_FLAG,
      },
    },
  ],
};

export const HELP = `${helpText(COMMAND, COMMAND.name)}\n`;

export interface CommandLine {
  readonly help: boolean;
  /** A context of the user's kubeconfig; undefined for a control plane of our own. */
  readonly context: string | undefined;
  readonly yes: boolean;
  /** Whether to show it in pods, on a node of our own. */
  readonly node: boolean;
}

/** @throws Failure (exit code 2) */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { kind, values } = parse(COMMAND, args);
  return {
    help: kind === 'help',
    context: values.find('context', parseText),
    yes: values.has('yes'),
    node: values.has('node'),
  };
}
