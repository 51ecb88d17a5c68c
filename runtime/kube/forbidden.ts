import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import type { Action } from './resource.ts';
import { mayI, whoAmI } from './self-subject.ts';
import type { Transport } from './transport.ts';

/** In milliseconds: it makes a message better, and must not hold it up. */
const LIMIT_MS = 5000;

/** What is known of a request that the API server answered with 403. */
export interface Forbidden {
  readonly action: Action;
  /** Whose request it was; undefined where the server does not say. */
  readonly identity: string | undefined;
  /**
   * Whether the identity has the right, so that something else refuses the request: a policy or an admission webhook.
   * Undefined where the server does not say.
   */
  readonly hasRight: boolean | undefined;
}

/** Asks the API server who the request came from, and what of its rights is missing. Never fails. */
export async function explainForbidden(
  transport: Transport,
  action: Action,
  clock: Clock,
  parent: AbortSignal,
): Promise<Forbidden> {
  const orUndefined = <T>(work: (signal: AbortSignal) => Promise<T>) =>
    withDeadline(clock, LIMIT_MS, parent, work).catch(() => undefined);
  const [identity, hasRight] = await Promise.all([
    orUndefined((signal) => whoAmI(transport, signal)),
    orUndefined((signal) => mayI(transport, action, signal)),
  ]);
  return { action, identity, hasRight };
}

/** As in `get configmaps "sites" in namespace "cloudify"`. */
export function describeAction({ verb, resource, subresource, name, namespace }: Action): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${verb} ${what}${which}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}

/**
 * The rule that an identity lacks, in words that can be typed into a Role or a ClusterRole.
 *
 * @param verbs what the program needs of that resource, the forbidden verb among them
 */
export function missingRule({ action, identity }: Forbidden, verbs: readonly string[]): string {
  const { group, resource, subresource, namespace, name } = action;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const role = namespace === undefined ? 'a ClusterRole' : `a Role in namespace ${namespace}`;
  return (
    `Let ${identity ?? 'the identity of this program'} have ${role} with apiGroups ["${group}"], resources ["${what}"], ` +
    `${name === undefined ? '' : `resourceNames ["${name}"], `}verbs [${verbs.map((verb) => `"${verb}"`).join(', ')}].`
  );
}
