/** The defaults of the flags; the first five flags and their defaults are the original's, exactly. */
export const DEFAULTS = {
  location: 'central',
  user: 'user00',
  configmap: 'multisite-kubeconfig-configmap',
  key: 'kubeconfig',
  'token-source': 'mounted',
  port: '9779',
  timeout: '60s',
  wait: '10s',
  'log-format': 'text',
} as const;

/** Environment variables for places other than a pod's. */
export const ENVIRONMENT = {
  serviceAccountDirectory: 'SERVICE_ACCOUNT_DIRECTORY',
  terminationMessagePath: 'TERMINATION_MESSAGE_PATH',
} as const;

export const HELP = `multisite-init - write this cluster into a shared kubeconfig

Adds the cluster that it runs in to the kubeconfig kept in a ConfigMap: address, CA and a token,
as one cluster, context and user. Other sites in it stay byte for byte, and nothing is written
when nothing changed. The ConfigMap must exist; the program never creates it.

Usage:
  multisite-init --namespace NAMESPACE [flags]

What is written, and where:
  -n, --namespace NAMESPACE  namespace of the ConfigMap (required)
  -l, --location NAME        name of this site: its cluster and context (default ${DEFAULTS.location})
  -u, --user NAME            name of the user entry; one of its own for each site (default ${DEFAULTS.user})
  -c, --configmap NAME       name of the ConfigMap (default ${DEFAULTS.configmap})
  -k, --key KEY              key of the kubeconfig in it (default ${DEFAULTS.key})
      --secret NAME          keep the kubeconfig in this Secret instead of a ConfigMap

The token:
      --token-source SOURCE  mounted, request, secret or file (default ${DEFAULTS['token-source']})
                             mounted: the pod's own, which ends with the pod
      --service-account NAME request: of this ServiceAccount, in the pod's namespace
      --expiration DURATION  request: its life, 10m or more (default: the API server's, 1h)
      --token-secret NAME    secret: of a Secret of type kubernetes.io/service-account-token
      --token-file FILE      file: in this file; with --server and --ca-file

The address:
      --server URL           write this address instead of the pod's own; tried before it is written
      --ca-file FILE         the CA of that address, PEM
      --no-verify            write it untried, even a loopback address

Another cluster's ConfigMap:
      --target-kubeconfig FILE  the ConfigMap is in the cluster of this kubeconfig
      --target-context NAME     context of it (default: its current context)

How it runs:
      --watch                keep running, and write again when token, CA or entry need it
      --port PORT            of /healthz, /readyz and /metrics, with --watch (default ${DEFAULTS.port})
      --verify               authenticate with what was written, and say as whom
      --dry-run              print what would change, without credentials, and write nothing
      --timeout DURATION     for the whole run, as in 2m; with --watch for each look (default ${DEFAULTS.timeout})
      --wait DURATION        time for absent objects and rights to appear (default ${DEFAULTS.wait})
      --log-format FORMAT    text or json (default ${DEFAULTS['log-format']})
  -h, --help                 print this help
  -V, --version              print the version

Environment:
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                             the API server; set in every pod
  ${ENVIRONMENT.serviceAccountDirectory}  folder of token and ca.crt
                             (default /var/run/secrets/kubernetes.io/serviceaccount)
  ${ENVIRONMENT.terminationMessagePath}   where the cause of a failure is left (default /dev/termination-log)
  NO_COLOR                   where it is not empty: no colours in the diff of --dry-run

Exit codes:
  0  written, or nothing to do             4  forbidden or unauthorized (401, 403)
  1  a bug: please report it               5  the ConfigMap or another object does not exist
  2  wrong command line                    6  the API server cannot be reached
  3  no usable credentials                 7  refused, nothing changed

Examples, in a pod whose ServiceAccount may get and patch the ConfigMap, and request tokens:
  multisite-init --namespace cloudify --location berlin --user berlin
  multisite-init --namespace cloudify --location berlin --user berlin \\
    --token-source request --service-account berlin-site --watch
`;
