import type { Clock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { bugFailure, Failure } from '../../cli/failure.ts';
import { describeRef, objectRef } from '../../kube/data-objects.ts';
import { ApiError, CredentialsError, UnreachableError, UntrustedError } from '../../kube/errors.ts';
import { type Explanation, explainError } from '../../kube/explain.ts';
import { describeAction, explainForbidden, type Forbidden, missingRule } from '../../kube/forbidden.ts';
import type { Action } from '../../kube/resource.ts';
import { isSubjectReview } from '../../kube/self-subject.ts';
import { TokenPendingError } from '../../kube/token-secret.ts';
import type { Transport } from '../../kube/transport.ts';
import { RefusedError, SharedUserError } from '../../kubeconfig/refused-error.ts';
import type { Options } from './options.ts';
import { UselessEntryError } from './run.ts';
import { UnverifiedServerError } from './verify-server.ts';

/** The API servers that a failure can be explained by. */
export interface Explainers {
  /** Has the target. */
  readonly target: Transport;
  /** Of the cluster that the program runs in. */
  readonly local: Transport;
  readonly clock: Clock;
}

/** What an error of the run means to whoever reads the pod's status: kind, cause, hint. */
export async function explainFailure(
  error: unknown,
  options: Options,
  { target, local, clock }: Explainers,
  signal: AbortSignal,
): Promise<Failure> {
  if (error instanceof ApiError && error.code === 403 && error.request.action !== undefined) {
    const { action } = error.request;
    const server = isTarget(action, options) ? target : local;
    return forbiddenFailure(error, await explainForbidden(server, action, clock, signal), options);
  }
  return failureOf(error, options);
}

/** What an error means where there is nobody to ask for more. */
export function failureOf(error: unknown, options: Options): Failure {
  const failure = (exitCode: ExitCode, message: string, hint: string) =>
    new Failure(exitCode, message, hint, { cause: error });

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
      `${error.message}, after ${options.timeoutMs / 1000} s`,
      'The controller manager puts it there once the ServiceAccount of its annotation exists.',
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
      error instanceof SharedUserError
        ? `Give this site a user of its own: --user=${shellWord(error.freeName)}`
        : error.hint,
    );
  }
  const explanation = explainError(error);
  if (explanation === undefined) {
    return bugFailure(error);
  }
  const { kind, message, hint } = { ...explanation, ...byOptions(error, options) };
  return failure(ExitCode[kind], message, hint);
}

/** What the options add to an explanation: the flag to look at, and what the request was for. */
function byOptions(error: unknown, options: Options): Partial<Explanation> {
  if (error instanceof CredentialsError) {
    return { hint: credentialsHint(error) };
  }
  if (error instanceof UnreachableError) {
    const seconds = options.timeoutMs / 1000;
    return {
      hint: `Check that the API server runs and that network policies let this pod reach it; --timeout was ${seconds} s.`,
    };
  }
  if (error instanceof UntrustedError) {
    return { hint: untrustedHint(error, options) };
  }
  return error instanceof ApiError ? answerByOptions(error, options) : {};
}

/** What to do about credentials, by the flags of this program where it has some for that. */
function credentialsHint({ problem, hint }: CredentialsError): string {
  switch (problem) {
    case 'credential file':
      return 'Check --token-file or --ca-file, where it is given; else MultisiteInit of cdk8s-multisite mounts token and CA, in SERVICE_ACCOUNT_DIRECTORY if that is set.';
    case 'not in a cluster':
      return 'Run it in a pod, as MultisiteInit of cdk8s-multisite does. Elsewhere it takes all of --target-kubeconfig, --token-source=file, --token-file, --server and --ca-file.';
    case 'kubeconfig context':
      return `${hint} The flag is --target-context.`;
    default:
      return hint;
  }
}

function untrustedHint({ server }: UntrustedError, options: Options): string {
  if (server === options.server?.url) {
    return 'Check that --ca-file is of the cluster that --server points to.';
  }
  return options.targetCluster
    ? 'Check that the CA of --target-kubeconfig is of the cluster that its server points to.'
    : 'Check that ca.crt is of the cluster that KUBERNETES_SERVICE_HOST points to.';
}

/** A word for a shell, quoted where it has to be. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function answerByOptions(error: ApiError, options: Options): Partial<Explanation> {
  switch (error.code) {
    case 401:
      return options.targetCluster
        ? {
            hint: 'The credential for that server has expired, or is of another cluster: see --target-kubeconfig and --token-source.',
          }
        : {
            message: `the API server does not accept the token (401 ${error.status.message})`,
            hint: 'The token has expired, its pod or ServiceAccount is gone, or it is of another cluster. A new pod gets a new one.',
          };
    case 403:
      return { message: error.status.message || error.message, hint: POLICY_HINT };
    case 404:
      return absentByOptions(error, options);
    case 409:
      return {
        message: `${describeRef(options.target)} kept changing: every write met a newer version until the deadline`,
        hint: 'Find who else writes it all the time, or give more --timeout.',
      };
    default:
      return {};
  }
}

function absentByOptions({ message, request }: ApiError, options: Options): Partial<Explanation> {
  if (isSubjectReview(request.action)) {
    return {
      message: `${message}: the API server cannot say whom it takes a token for`,
      hint: 'It is older than Kubernetes 1.28, the oldest that is supported, or something else answers in its place.',
    };
  }
  return isTarget(request.action, options)
    ? {
        message: `${describeRef(options.target)} does not exist`,
        hint: 'Apply the manifests first: they create it empty. Or name another: see --help.',
      }
    : { hint: 'Create it first, or name another: see --help.' };
}

const POLICY_HINT =
  'A policy or an admission webhook of the cluster refuses it, not a missing Role: ask who maintains it.';

function forbiddenFailure(error: ApiError, forbidden: Forbidden, options: Options): Failure {
  const failure = (message: string, hint: string) =>
    new Failure(ExitCode.denied, message, hint, { cause: error });
  const { action, identity, hasRight } = forbidden;
  const said = error.status.message || error.message;
  const verbs = isTarget(action, options)
    ? ['get', 'patch', ...(options.watch ? ['watch'] : [])]
    : [action.verb];
  const rule = missingRule(forbidden, verbs);
  switch (hasRight) {
    case false:
      return failure(
        `forbidden (403): ${identity ?? 'its credential'} may not ${describeAction(action)}`,
        rule,
      );
    case true:
      return failure(said, POLICY_HINT);
    default:
      return failure(said, `${rule} If it has that, a policy of the cluster refuses the request.`);
  }
}

/** Whether a request was for the target, rather than for a ServiceAccount or a Secret with a token. */
function isTarget(action: Action | undefined, { target }: Options): boolean {
  const { resource, namespace, name } = objectRef(target);
  return action?.resource === resource.plural && action.namespace === namespace && action.name === name;
}
