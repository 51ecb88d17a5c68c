import { ExitCode } from '../cli/exit-code.ts';
import { bugFailure, Failure } from '../cli/failure.ts';
import { ApiError } from '../kube/api-error.ts';
import { CredentialsError } from '../kube/credentials-error.ts';
import { UnreachableError } from '../kube/unreachable-error.ts';
import { RefusedError } from '../kubeconfig/refused-error.ts';
import type { Options } from './options.ts';

/** What an error of the run means to whoever reads the pod's status: kind, cause, mend. */
export function failureOf(error: unknown, options: Options): Failure {
  if (error instanceof CredentialsError) {
    return new Failure(
      ExitCode.credentials,
      error.message,
      'Run it in a pod with its ServiceAccount token and kube-root-ca.crt mounted, as MultisiteInit of cdk8s-multisite does.',
      { cause: error },
    );
  }
  if (error instanceof ApiError) return apiFailure(error, options);
  if (error instanceof UnreachableError) {
    return new Failure(
      ExitCode.unreachable,
      error.message,
      error.isTransient
        ? `Check that the API server runs and that network policies let this pod reach it; --timeout was ${options.timeoutMs / 1000} s.`
        : 'Check that ca.crt is of the cluster that KUBERNETES_SERVICE_HOST points to.',
      { cause: error },
    );
  }
  if (error instanceof RefusedError) {
    return new Failure(
      ExitCode.refused,
      `configmap ${options.namespace}/${options.configMap}, key ${options.key}: ${error.message}; nothing was changed`,
      error.mend,
      { cause: error },
    );
  }
  return bugFailure(error);
}

const POLICY_MEND =
  'A policy or an admission webhook of the cluster refuses it, not a missing Role: ask who maintains it.';

function roleMend({ namespace, configMap }: Options): string {
  return `Let the ServiceAccount have a Role in namespace ${namespace} with apiGroups [""], resources ["configmaps"], resourceNames ["${configMap}"], verbs ["get", "patch"].`;
}

function apiFailure(error: ApiError, options: Options): Failure {
  const where = `configmap ${options.namespace}/${options.configMap}`;
  switch (error.status) {
    case 401:
      return new Failure(
        ExitCode.denied,
        `the API server does not accept the token (401 ${error.detail})`,
        'The token has expired, its pod or ServiceAccount is gone, or it is of another cluster. A new pod gets a new one.',
        { cause: error },
      );
    case 403:
      return new Failure(
        ExitCode.denied,
        error.detail || error.message,
        error.detail.includes('is forbidden: User') ? roleMend(options) : POLICY_MEND,
        { cause: error },
      );
    case 404:
      return new Failure(
        ExitCode.absent,
        `${where} does not exist`,
        'Apply the manifests first: they create it empty. Or name another with --namespace and --configmap.',
        { cause: error },
      );
    case 409:
      return new Failure(
        ExitCode.unreachable,
        `${where} kept changing: every write met a newer version until the deadline`,
        'Find who else writes it all the time, or give more --timeout.',
        { cause: error },
      );
    default:
      return error.isTransient || error.status < 400
        ? new Failure(
            ExitCode.unreachable,
            error.message,
            'The API server kept failing, or something else answers in its place: see its own logs.',
            {
              cause: error,
            },
          )
        : new Failure(
            ExitCode.refused,
            error.message,
            'The API server does not take that; nothing was changed.',
            {
              cause: error,
            },
          );
  }
}
