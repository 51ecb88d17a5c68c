import { ExitCode } from '../../cli/exit-code.ts';
import { bugFailure, Failure } from '../../cli/failure.ts';
import { ApiError } from '../../kube/api-error.ts';
import { CredentialsError } from '../../kube/credentials-error.ts';
import { describeRef, resourceOf } from '../../kube/data-objects.ts';
import { SELF_SUBJECT_REVIEWS } from '../../kube/self-subject-review.ts';
import { TokenPendingError } from '../../kube/token-secret.ts';
import { UnreachableError } from '../../kube/unreachable-error.ts';
import { UntrustedError } from '../../kube/untrusted-error.ts';
import { RefusedError } from '../../kubeconfig/refused-error.ts';
import { UselessEntryError } from './authenticate.ts';
import { missingRule } from './missing-rule.ts';
import type { Options } from './options.ts';
import { UnverifiedServerError } from './verify-server.ts';

/** What an error of the run means to whoever reads the pod's status: kind, cause, hint. */
export function failureOf(error: unknown, options: Options): Failure {
  const failure = (exitCode: ExitCode, message: string, hint: string) =>
    new Failure(exitCode, message, hint, { cause: error });
  const seconds = options.timeoutMs / 1000;

  if (error instanceof CredentialsError) {
    return failure(ExitCode.credentials, error.message, error.hint);
  }
  if (error instanceof ApiError) {
    return apiFailure(error, options, failure);
  }
  if (error instanceof UselessEntryError) {
    return failure(
      ExitCode.denied,
      error.message,
      'It has expired, its pod or ServiceAccount is gone, or it is of another cluster: give another.',
    );
  }
  if (error instanceof TokenPendingError) {
    return failure(
      ExitCode.absent,
      `${error.message}, after ${seconds} s`,
      'The controller manager puts it there once the ServiceAccount of its annotation exists.',
    );
  }
  if (error instanceof UnreachableError) {
    return failure(
      ExitCode.unreachable,
      error.message,
      `Check that the API server runs and that network policies let this pod reach it; --timeout was ${seconds} s.`,
    );
  }
  if (error instanceof UntrustedError) {
    return failure(
      ExitCode.unreachable,
      error.message,
      options.server && error.message.includes(options.server.url)
        ? 'Check that --ca-file is of the cluster that --server points to.'
        : options.targetCluster
          ? 'Check that the CA of --target-kubeconfig is of the cluster that its server points to.'
          : 'Check that ca.crt is of the cluster that KUBERNETES_SERVICE_HOST points to.',
    );
  }
  if (error instanceof UnverifiedServerError) {
    return failure(
      ExitCode.refused,
      `${error.message}; nothing was changed`,
      'Check --server and --ca-file, or have the address written unproven with --no-verify.',
    );
  }
  if (error instanceof RefusedError) {
    return failure(
      ExitCode.refused,
      `${describeRef(options.target)}, key ${options.key}: ${error.message}; nothing was changed`,
      error.hint,
    );
  }
  return bugFailure(error);
}

type MakeFailure = (exitCode: ExitCode, message: string, hint: string) => Failure;

function apiFailure(error: ApiError, options: Options, failure: MakeFailure): Failure {
  const target = describeRef(options.target);
  switch (error.status) {
    case 401:
      return failure(
        ExitCode.denied,
        options.targetCluster
          ? error.message
          : `the API server does not accept the token (401 ${error.detail})`,
        options.targetCluster
          ? 'The credential for that server has expired, or is of another cluster: see --target-kubeconfig and --token-source.'
          : 'The token has expired, its pod or ServiceAccount is gone, or it is of another cluster. A new pod gets a new one.',
      );
    case 403:
      return failure(
        ExitCode.denied,
        error.detail || error.message,
        missingRule(error.detail, options) ??
          'A policy or an admission webhook of the cluster refuses it, not a missing Role: ask who maintains it.',
      );
    case 404:
      if (error.message.includes(SELF_SUBJECT_REVIEWS)) {
        return failure(
          ExitCode.absent,
          `${error.message}: the API server cannot say whom it takes a token for`,
          'It is older than Kubernetes 1.28, the oldest that is supported, or something else answers in its place.',
        );
      }
      return isAbout(error, options)
        ? failure(
            ExitCode.absent,
            `${target} does not exist`,
            'Apply the manifests first: they create it empty. Or name another: see --help.',
          )
        : failure(
            ExitCode.absent,
            error.detail || error.message,
            'Create it first, or name another: see --help.',
          );
    case 409:
      return failure(
        ExitCode.unreachable,
        `${target} kept changing: every write met a newer version until the deadline`,
        'Find who else writes it all the time, or give more --timeout.',
      );
    default:
      return error.retryWhen === 'transient' || error.status < 400
        ? failure(
            ExitCode.unreachable,
            error.message,
            'The API server kept failing, or something else answers in its place: see its own logs.',
          )
        : failure(ExitCode.refused, error.message, 'The API server does not take that; nothing was changed.');
  }
}

/** Whether the target is what was not found, rather than a ServiceAccount or a Secret with a token. */
function isAbout({ detail }: ApiError, { target }: Options): boolean {
  return (
    !/^(serviceaccounts|secrets|namespaces) "/.test(detail) ||
    detail.startsWith(`${resourceOf(target)} "${target.name}"`)
  );
}
