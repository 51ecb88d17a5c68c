import { type Command, HELP_FLAG, LOG_FORMAT_FLAG, VERSION_FLAG } from '../../cli/command.ts';

/** Where a token may come from. */
export const TOKEN_SOURCES = ['mounted', 'request', 'secret', 'file'] as const;

/** The first five flags and their defaults are the original's, exactly. */
export const COMMAND: Command = {
  name: 'multisite-init',
  summary: 'write this cluster into a shared kubeconfig',
  description: `Adds the cluster that it runs in to the kubeconfig kept in a ConfigMap: address, CA and a token,
as one cluster, context and user. Other sites in it stay byte for byte, and nothing is written
when nothing changed. The ConfigMap must exist; the program never creates it.`,
  sections: [
    {
      title: 'What is written, and where',
      flags: {
        namespace: {
          short: 'n',
          placeholder: 'NAMESPACE',
          required: true,
          help: 'namespace of the ConfigMap',
        },
        location: {
          short: 'l',
          placeholder: 'NAME',
          default: 'central',
          help: 'name of this site: its cluster and context',
        },
        user: {
          short: 'u',
          placeholder: 'NAME',
          default: 'user00',
          help: 'name of the user entry; one of its own for each site',
        },
        configmap: {
          short: 'c',
          placeholder: 'NAME',
          default: 'multisite-kubeconfig-configmap',
          excludes: ['secret'],
          help: 'name of the ConfigMap',
        },
        key: { short: 'k', placeholder: 'KEY', default: 'kubeconfig', help: 'key of the kubeconfig in it' },
        secret: {
          placeholder: 'NAME',
          help: 'keep the kubeconfig in this Secret instead of a ConfigMap',
        },
      },
    },
    {
      title: 'The token',
      flags: {
        'token-source': {
          placeholder: 'SOURCE',
          choices: TOKEN_SOURCES,
          default: 'mounted',
          help: "mounted, request, secret or file\nmounted: the pod's own, which ends with the pod",
        },
        'service-account': {
          placeholder: 'NAME',
          needs: ['token-source=request'],
          help: "request: of this ServiceAccount, in the pod's namespace",
        },
        expiration: {
          placeholder: 'DURATION',
          needs: ['token-source=request'],
          help: "request: its life, 10m or more (default: the API server's, 1h)",
        },
        'token-secret': {
          placeholder: 'NAME',
          needs: ['token-source=secret'],
          help: 'secret: of a Secret of type kubernetes.io/service-account-token',
        },
        'token-file': {
          placeholder: 'FILE',
          needs: ['token-source=file'],
          help: 'file: in this file; with --server and --ca-file',
        },
      },
    },
    {
      title: 'The address',
      flags: {
        server: {
          placeholder: 'URL',
          needs: ['ca-file'],
          help: "write this address instead of the pod's own; tried before it is written",
        },
        'ca-file': { placeholder: 'FILE', needs: ['server'], help: 'the CA of that address, PEM' },
        'no-verify': { needs: ['server'], help: 'write it untried, even a loopback address' },
      },
    },
    {
      title: "Another cluster's ConfigMap",
      flags: {
        'target-kubeconfig': {
          placeholder: 'FILE',
          help: 'the ConfigMap is in the cluster of this kubeconfig',
        },
        'target-context': {
          placeholder: 'NAME',
          needs: ['target-kubeconfig'],
          help: 'context of it (default: its current context)',
        },
      },
    },
    {
      title: 'How it runs',
      flags: {
        watch: {
          excludes: ['dry-run'],
          help: 'keep running, and write again when token, CA or entry need it',
        },
        port: {
          placeholder: 'PORT',
          default: '9779',
          needs: ['watch'],
          help: 'of /healthz, /readyz and /metrics, with --watch',
        },
        'until-written': {
          placeholder: 'PORT',
          excludes: ['watch', 'dry-run', 'verify'],
          standsAlone: true,
          help: 'only wait until the one with --watch at this port of the pod has written',
        },
        verify: { excludes: ['dry-run'], help: 'authenticate with what was written, and say as whom' },
        'dry-run': {
          help: 'print what would change, without credentials, and write nothing',
        },
        timeout: {
          placeholder: 'DURATION',
          default: '60s',
          help: 'for the whole run, as in 2m; with --watch for each check',
        },
        wait: {
          placeholder: 'DURATION',
          default: '10s',
          help: 'time for absent objects and rights to appear',
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
  TERMINATION_MESSAGE_PATH   where the cause of a failure is left (default /dev/termination-log)
  NO_COLOR                   where it is not empty: no colours in the diff of --dry-run

Exit codes:
  0  written, or nothing to do             4  forbidden or unauthorized (401, 403)
  1  a bug: please report it               5  the ConfigMap or another object does not exist
  2  wrong command line                    6  the API server cannot be reached
  3  no usable credentials                 7  refused, nothing changed

Examples, in a pod whose ServiceAccount may get and patch the ConfigMap, and request tokens:
  multisite-init --namespace cloudify --location berlin --user berlin
  multisite-init --namespace cloudify --location berlin --user berlin \\
    --token-source request --service-account berlin-site --watch`,
};
