import { type Command, HELP_FLAG, LOG_FORMAT_FLAG, VERSION_FLAG } from '../../cli/command.ts';

/** The values of --token-source. */
export const TOKEN_SOURCES = ['mounted', 'request', 'secret', 'file'] as const;

/** The first five flags and their defaults are exactly those of the original program (docs/migration.md). */
export const COMMAND: Command = {
  name: 'multisite-init',
  summary: 'write this cluster into a shared kubeconfig',
  description: `Adds its own cluster to the kubeconfig in a ConfigMap. The entry has a cluster with address and CA,
a user with a token, and a context. No byte of the other sites changes. If the entry is correct
already, nothing is written. The ConfigMap must exist; the program never creates it.`,
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
          help: 'name of this site: its cluster and its context',
        },
        user: {
          short: 'u',
          placeholder: 'NAME',
          default: 'user00',
          help: 'name of the user entry; each site needs its own',
        },
        configmap: {
          short: 'c',
          placeholder: 'NAME',
          default: 'multisite-kubeconfig-configmap',
          excludes: ['secret'],
          help: 'name of the ConfigMap',
        },
        key: { short: 'k', placeholder: 'KEY', default: 'kubeconfig', help: 'key that holds the kubeconfig' },
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
          help: [
            'where the token comes from',
            "mounted: the pod's own token, which ends with the pod",
            'request: a token that the program requests for --service-account',
            'secret: the token in --token-secret',
            'file: the token in --token-file',
          ].join('\n'),
        },
        'service-account': {
          placeholder: 'NAME',
          needs: ['token-source=request'],
          help: "request: the ServiceAccount, in the pod's namespace",
        },
        expiration: {
          placeholder: 'DURATION',
          needs: ['token-source=request'],
          help: "request: lifetime of the token, 10m or more (default: the API server's, 1h)",
        },
        'token-secret': {
          placeholder: 'NAME',
          needs: ['token-source=secret'],
          help: 'secret: the Secret with the token, of type kubernetes.io/service-account-token',
        },
        'token-file': {
          placeholder: 'FILE',
          needs: ['token-source=file'],
          help: 'file: the file with the token; needs --server and --ca-file',
        },
      },
    },
    {
      title: 'The address',
      flags: {
        server: {
          placeholder: 'URL',
          needs: ['ca-file'],
          help: "write this address in place of the pod's own; the program tests it first",
        },
        'ca-file': { placeholder: 'FILE', needs: ['server'], help: 'the CA of the address in --server, PEM' },
        'no-verify': {
          needs: ['server'],
          help: 'write the address of --server without a test, even a loopback address',
        },
      },
    },
    {
      title: "Another cluster's ConfigMap",
      flags: {
        'target-kubeconfig': {
          placeholder: 'FILE',
          help: 'write to the ConfigMap in the cluster of this kubeconfig',
        },
        'target-context': {
          placeholder: 'NAME',
          needs: ['target-kubeconfig'],
          help: 'context of that kubeconfig (default: its current context)',
        },
      },
    },
    {
      title: 'How it runs',
      flags: {
        watch: {
          excludes: ['dry-run'],
          help: 'keep running, and write again when the token, the CA or the entry needs it',
        },
        port: {
          placeholder: 'PORT',
          default: '9779',
          needs: ['watch'],
          help: 'port of /healthz, /startupz, /readyz, /metrics; needs --watch',
        },
        'until-written': {
          placeholder: 'PORT',
          excludes: ['watch', 'dry-run', 'verify'],
          standsAlone: true,
          help: 'write nothing; wait until the program with --watch\nat this port of the same pod has written',
        },
        verify: { excludes: ['dry-run'], help: 'authenticate with the written entry, and print the user' },
        'dry-run': {
          help: 'print what would change, and write nothing; credentials are not shown',
        },
        timeout: {
          placeholder: 'DURATION',
          default: '60s',
          help: 'time limit of the run (with --watch: of each check), for example 2m',
        },
        wait: {
          placeholder: 'DURATION',
          default: '10s',
          help: 'how long to wait for missing objects and rights',
        },
        'log-format': LOG_FORMAT_FLAG,
        help: HELP_FLAG,
        version: VERSION_FLAG,
      },
    },
  ],
  epilogue: `Environment:
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                             the API server of the pod's cluster; set in every pod
  SERVICE_ACCOUNT_DIRECTORY  folder with token and ca.crt
                             (default /var/run/secrets/kubernetes.io/serviceaccount)
  TERMINATION_MESSAGE_PATH   file for the cause of a failure (default /dev/termination-log)
  NO_COLOR                   if it is not empty: no colours in the diff of --dry-run

Exit codes:
  0  written, or nothing to do             4  the API server answered 401 or 403
  1  a bug: please report it               5  a required object does not exist
  2  wrong command line                    6  no usable answer from the API server
  3  no usable credentials                 7  refused, nothing changed

Examples, in a pod whose ServiceAccount may get and patch the ConfigMap, and request tokens:
  multisite-init --namespace cloudify --location berlin --user berlin
  multisite-init --namespace cloudify --location berlin --user berlin \\
    --token-source request --service-account berlin-site --watch

Example, outside a pod, where the last five flags are needed together:
  multisite-init --namespace cloudify --location harbour --user harbour --token-source file \\
    --token-file harbour.token --server https://harbour.example:6443 --ca-file harbour-ca.crt \\
    --target-kubeconfig central.kubeconfig`,
};
