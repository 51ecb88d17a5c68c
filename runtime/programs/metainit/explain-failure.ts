import type { Clock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { bugFailure, Failure } from '../../cli/failure.ts';
import { ApiError, CredentialsError } from '../../kube/errors.ts';
import { explainError } from '../../kube/explain.ts';
import { describeAction, explainForbidden, type Forbidden, grantCommand } from '../../kube/forbidden.ts';
import type { Transport } from '../../kube/transport.ts';
import type { Options } from './options.ts';

/** The verbs that the program needs of each resource. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  pods: ['list', 'watch', 'patch'],
  events: ['create'],
};

/** The failure for an error: exit code, what happened, and what to do. After 403 it asks the API server for the missing right. */
export async function explainFailure(
  error: unknown,
  { namespaces }: Pick<Options, 'namespaces'>,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Failure> {
  if (error instanceof ApiError && error.code === 403 && error.request.action !== undefined) {
    const forbidden = await explainForbidden(transport, error.request.action, clock, signal);
    return forbiddenFailure(error, forbidden, namespaces);
  }
  return failureOf(error);
}

/** The failure for an error, without a question to the API server. */
export function failureOf(error: unknown): Failure {
  const explanation = explainError(error);
  if (explanation === undefined) {
    return bugFailure(error);
  }
  const { kind, message, hint } = explanation;
  const isElsewhere = error instanceof CredentialsError && error.problem === 'not in a cluster';
  const ownHint =
    'Run it in a pod with a ServiceAccount, or name a kubeconfig with --kubeconfig or KUBECONFIG.';
  return new Failure(ExitCode[kind], message, isElsewhere ? ownHint : hint, { cause: error });
}

function forbiddenFailure(error: ApiError, forbidden: Forbidden, namespaces: readonly string[]): Failure {
  const { action, identity, hasRight } = forbidden;
  const said = error.status.message || error.message;
  const failure = (message: string, hint: string) =>
    new Failure(ExitCode.denied, message, hint, { cause: error });
  const hint = grantHint(forbidden, namespaces);
  switch (hasRight) {
    case false:
      return failure(
        `forbidden (403): ${identity ?? 'its credential'} may not ${describeAction(action)}`,
        hint,
      );
    case true:
      return failure(
        said,
        'Ask who maintains the policies and admission webhooks of the cluster. One of them refuses the request; RBAC allows it.',
      );
    default:
      return failure(
        said,
        `If RBAC allows this already, a policy or an admission webhook refuses it. ${hint}`,
      );
  }
}

/** The commands for the missing right, last in the hint. The right is for all pods of the namespaces, not for one pod. */
function grantHint(forbidden: Forbidden, namespaces: readonly string[]): string {
  const { action, identity } = forbidden;
  const namespace = namespaces.length === 0 ? undefined : action.namespace;
  const needed = { ...forbidden, action: { ...action, namespace, name: undefined } };
  const who = identity === undefined ? ' with the user of the request as USER' : '';
  return `Run${who}: ${grantCommand(needed, VERBS[action.resource] ?? [action.verb])}`;
}
