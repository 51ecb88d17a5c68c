import { dirname } from 'node:path';
import type { Clock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { bugFailure, Failure } from '../../cli/failure.ts';
import { describeRef, objectRef } from '../../kube/data-objects.ts';
import {
  ApiError,
  CredentialsError,
  ProxyUrlError,
  UnreachableError,
  UntrustedError,
} from '../../kube/errors.ts';
import { type Explanation, explainError } from '../../kube/explain.ts';
import { describeAction, explainForbidden, type Forbidden, grantCommand } from '../../kube/forbidden.ts';
import type { Action } from '../../kube/resource.ts';
import { isSubjectReview } from '../../kube/self-subject.ts';
import { shellWord } from '../../kube/shell-word.ts';
import { TokenPendingError } from '../../kube/token-secret.ts';
import type { Transport } from '../../kube/transport.ts';
import { RefusedError, SharedUserError } from '../../kubeconfig/refused-error.ts';
import type { Options } from './options.ts';
import { UselessEntryError } from './run.ts';
import { UnverifiedServerError } from './verify-server.ts';

/** What an explanation needs beside the error: API servers to ask, and the place of the pod's token. */
export interface Explainers {
  /** The API server of the target. */
  readonly target: Transport;
  /** The API server of the cluster that the program runs in. */
  readonly local: Transport;
  readonly clock: Clock;
  /** Path of the pod's own token. */
  readonly podTokenFile: string;
}

/** Explains an error of the run to people who read the pod's status: exit code, cause, hint. */
export async function explainFailure(
  error: unknown,
  options: Options,
  { target, local, clock, podTokenFile }: Explainers,
  signal: AbortSignal,
): Promise<Failure> {
  if (error instanceof ApiError && error.code === 403 && error.request.action !== undefined) {
    const { action } = error.request;
    const server = isTarget(action, options) ? target : local;
    return forbiddenFailure(error, await explainForbidden(server, action, clock, signal), options);
  }
  return failureOf(error, options, podTokenFile);
}

/** Explains an error without asking an API server. */
export function failureOf(error: unknown, options: Options, podTokenFile: string): Failure {
  const failure = (exitCode: ExitCode, message: string, hint: string) =>
    new Failure(exitCode, message, hint, { cause: error });

  if (error instanceof UselessEntryError) {
    return failure(ExitCode.denied, error.message, tokenHint(options, podTokenFile));
  }
  if (error instanceof TokenPendingError) {
    return failure(
      ExitCode.absent,
      `${error.message}, after ${options.timeoutMs / 1000} s`,
      'Create the ServiceAccount that the Secret names in its annotation: then the controller manager writes the token.',
    );
  }
  if (error instanceof UnverifiedServerError) {
    return failure(
      ExitCode.refused,
      `${error.message}; nothing was changed`,
      isUnauthorized(error.cause)
        ? `${tokenHint(options, podTokenFile)} Or correct --server.`
        : 'Check --server and --ca-file, or give --no-verify to write the address without a test.',
    );
  }
  if (error instanceof RefusedError) {
    return failure(
      ExitCode.refused,
      `${describeRef(options.target)}, key ${options.key}: ${error.message}; nothing was changed`,
      error instanceof SharedUserError
        ? `Give this site its own user name (prop or Helm value user): --user=${shellWord(error.freeName)}`
        : error.hint,
    );
  }
  const explanation = explainError(error);
  if (explanation === undefined) {
    return bugFailure(error);
  }
  const { kind, message, hint } = { ...explanation, ...byOptions(error, options, podTokenFile) };
  return failure(ExitCode[kind], message, hint);
}

/** What the options add to an explanation: the flag or file to look at, and the purpose of the request. */
function byOptions(error: unknown, options: Options, podTokenFile: string): Partial<Explanation> {
  if (error instanceof CredentialsError) {
    return { hint: credentialsHint(error, podTokenFile) };
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
  if (error instanceof ProxyUrlError) {
    return {
      hint: `Correct proxy-url of this cluster in ${describeRef(options.target)}: other readers cannot reach the cluster either.`,
    };
  }
  return error instanceof ApiError ? answerByOptions(error, options, podTokenFile) : {};
}

/** What to do about credentials, with this program's flags. */
function credentialsHint({ problem, hint }: CredentialsError, podTokenFile: string): string {
  switch (problem) {
    case 'credential file':
      return `If --token-file or --ca-file names this file, repair it. Otherwise mount a volume with token and ca.crt at ${dirname(podTokenFile)}, as MultisiteInit of cdk8s-multisite does.`;
    case 'not in a cluster':
      return 'Run multisite-init in a pod, as MultisiteInit of cdk8s-multisite does. If this is a pod, something removed these variables. Outside a pod multisite-init needs --target-kubeconfig, --token-source=file, --token-file, --server and --ca-file.';
    case 'kubeconfig context':
      return `${hint} The flag for the context is --target-context.`;
    default:
      return hint;
  }
}

function untrustedHint({ server }: UntrustedError, options: Options): string {
  if (server === options.server?.url) {
    return 'Check that the CA in --ca-file belongs to the cluster at --server.';
  }
  return options.targetCluster
    ? `Check that the CA in ${options.targetCluster.kubeconfig} belongs to the cluster at ${server}. If ${server} is the pod's own API server (KUBERNETES_SERVICE_HOST), check the mounted ca.crt instead.`
    : `Check that the mounted ca.crt belongs to the cluster at ${server} (KUBERNETES_SERVICE_HOST).`;
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.code === 401;
}

/** What to do if a server rejects the token that the program writes. */
function tokenHint({ credential }: Options, podTokenFile: string): string {
  switch (credential.source) {
    case 'mounted':
      return podTokenHint(podTokenFile);
    case 'request':
      return `Check that serviceaccount ${credential.serviceAccount} still exists, and that the address in the entry belongs to this ServiceAccount's cluster.`;
    case 'secret':
      return `Delete secret ${credential.secret} and create it again, or check that the address in the entry belongs to this Secret's cluster.`;
    case 'file':
      return `Write a new token of the server's cluster into ${credential.tokenFile}.`;
  }
}

function podTokenHint(podTokenFile: string): string {
  return `Delete this pod: the next one gets a new token. The token in ${podTokenFile} has expired, its pod or ServiceAccount was deleted, or it belongs to another cluster.`;
}

/** Names the rejected credential, and the file that has it. */
function unauthorizedByOptions(
  { message, request, status }: ApiError,
  options: Options,
  podTokenFile: string,
): Pick<Explanation, 'message' | 'hint'> {
  const { targetCluster } = options;
  if (targetCluster === undefined || !isTarget(request.action, options)) {
    return {
      message: `the API server does not accept the pod's own token (401 ${status.message})`,
      hint: podTokenHint(podTokenFile),
    };
  }
  const { kubeconfig, context } = targetCluster;
  const which = context === undefined ? 'the current context' : `context "${context}"`;
  return {
    message: `the credential of ${which} in ${kubeconfig} is not accepted: ${message}`,
    hint: `Renew the credential in ${kubeconfig} (in a pod usually a mounted Secret): it has expired, was revoked, or belongs to another cluster.`,
  };
}

function answerByOptions(error: ApiError, options: Options, podTokenFile: string): Partial<Explanation> {
  switch (error.code) {
    case 401:
      return unauthorizedByOptions(error, options, podTokenFile);
    case 404:
      return absentByOptions(error, options);
    case 409:
      return {
        message: `${describeRef(options.target)} kept changing: somebody else changed it before each write of this program, until --timeout (${options.timeoutMs / 1000} s)`,
        hint: 'Find and stop the other writer. If many sites start at the same time, give a longer --timeout.',
      };
    default:
      return {};
  }
}

function absentByOptions({ message, request }: ApiError, options: Options): Partial<Explanation> {
  if (isSubjectReview(request.action)) {
    return {
      message: `${message}: the API server cannot tell the identity of a token`,
      hint: 'Use Kubernetes 1.28 or later: 1.28 is the oldest supported version. Or check whether something else answers in place of the API server.',
    };
  }
  if (isTarget(request.action, options)) {
    const { target } = options;
    return {
      message: `${describeRef(target)} does not exist`,
      hint: `Apply the manifests: they create it empty. Or correct --namespace or --${target.kind.toLowerCase()}.`,
    };
  }
  return {
    hint:
      options.credential.source === 'secret'
        ? 'Create the Secret, or correct --token-secret.'
        : 'Create the ServiceAccount, or correct --service-account.',
  };
}

function forbiddenFailure(error: ApiError, forbidden: Forbidden, options: Options): Failure {
  const failure = (message: string, hint: string) =>
    new Failure(ExitCode.denied, message, hint, { cause: error });
  const { action, identity, hasRight } = forbidden;
  const said = error.status.message || error.message;
  const hint = grantHint(forbidden, options);
  switch (hasRight) {
    case false:
      return failure(
        `forbidden (403): ${identity ?? 'the user of the request'} may not ${describeAction(action)}`,
        hint,
      );
    case true:
      return failure(
        said,
        'RBAC allows the request, but a policy or an admission webhook refuses it. Ask the people who maintain the policies and webhooks of the cluster.',
      );
    default:
      return failure(
        said,
        `If RBAC allows this already, a policy or an admission webhook refuses it. ${hint}`,
      );
  }
}

/** The commands for a missing right, last in the hint, so that they can be pasted. */
function grantHint(forbidden: Forbidden, options: Options): string {
  const { action } = forbidden;
  const isOfTarget = isTarget(action, options);
  const verbs = isOfTarget ? ['get', 'patch', ...(options.watch ? ['watch'] : [])] : [action.verb];
  const { targetCluster } = options;
  const where = isOfTarget && targetCluster ? ` in the cluster of ${targetCluster.kubeconfig}` : '';
  const who = forbidden.identity === undefined ? ', with the user of the request in place of USER' : '';
  return `Apply the manifests, which grant this right. Or run${where}${who}: ${grantCommand(forbidden, verbs)}`;
}

/** Whether a request was for the target. Other requests are for a ServiceAccount or a Secret with a token. */
function isTarget(action: Action | undefined, { target }: Options): boolean {
  const { resource, namespace, name } = objectRef(target);
  return action?.resource === resource.plural && action.namespace === namespace && action.name === name;
}
