import { type Command, HELP_FLAG, LOG_FORMAT_FLAG, VERSION_FLAG } from '../../cli/command.ts';
import { COMPLETION } from '../../cli/completion.ts';

/** The label of the original, k8s-metainit. */
export const DEFAULT_LABEL = 'k8s.opsani.io/initializer';

export const COMMAND: Command = {
  name: 'metainit',
  summary: 'release labelled pods that scheduling gates hold',
  description: `Watches the pods that have a label, and removes their scheduling gates. A controller that releases
held pods can then start itself, even if something holds its own pods. All other pods stay held.
Without --namespace it looks at all namespaces; without --gate it removes all gates.`,
  usage: ['metainit [LABEL] [flags]', 'metainit completion SHELL'],
  positionals: [
    {
      name: 'LABEL',
      help: `key of the label, with any value (default ${DEFAULT_LABEL})`,
    },
  ],
  subcommands: [COMPLETION],
  sections: [
    {
      title: 'What is released',
      flags: {
        namespace: {
          short: 'n',
          placeholder: 'NAMESPACE',
          repeatable: true,
          help: 'only pods of this namespace',
        },
        gate: {
          placeholder: 'NAME',
          repeatable: true,
          help: 'remove only the scheduling gate of this name',
        },
      },
    },
    {
      title: 'How it runs',
      flags: {
        kubeconfig: {
          placeholder: 'FILE',
          help: 'connect by this kubeconfig; it is read again when it changes',
        },
        once: { help: 'release what is held now, and exit' },
        'dry-run': { help: 'print what --once would release, and release nothing' },
        port: {
          placeholder: 'PORT',
          default: '9780',
          excludes: ['once', 'dry-run'],
          help: 'of /healthz, /readyz and /metrics',
        },
        'bind-address': {
          placeholder: 'ADDRESS',
          excludes: ['once', 'dry-run'],
          help: 'IP address of these endpoints (default: all)',
        },
        'log-format': LOG_FORMAT_FLAG,
        help: HELP_FLAG,
        version: VERSION_FLAG,
      },
    },
  ],
  epilogue: `Environment:
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                             the API server; set in every pod
  SERVICE_ACCOUNT_DIRECTORY  folder of token and ca.crt
                             (default /var/run/secrets/kubernetes.io/serviceaccount)
  KUBECONFIG                 the kubeconfig, if there is neither --kubeconfig nor such a token
  TERMINATION_MESSAGE_PATH   where the cause of a failure is left (default /dev/termination-log)

Exit codes:
  0  released, or ended by SIGTERM         4  forbidden or unauthorized (401, 403)
  1  a bug: please report it               6  the API server cannot be reached
  2  wrong command line                    7  the API server refuses to release a pod
  3  no usable credentials

Examples:
  metainit                                          all pods with the default label
  metainit --namespace apps --gate example.com/hold
  metainit example.com/start-first --dry-run`,
};
