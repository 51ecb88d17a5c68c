import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import type { Action } from './resource.ts';
import { mayI, whoAmI } from './self-subject.ts';
import { shellWord } from './shell-word.ts';
import type { Transport } from './transport.ts';

/** In milliseconds. The questions only improve a message, so they must not take long. */
const LIMIT_MS = 5000;

/** What is known about a request that the API server answered with 403. */
export interface Forbidden {
  readonly action: Action;
  /** The identity of the request. Undefined if the server does not tell it. */
  readonly identity: string | undefined;
  /**
   * Whether the identity has the right. If it does, a policy or an admission webhook refuses the request. Undefined if the
   * server does not tell.
   */
  readonly hasRight: boolean | undefined;
}

/** Asks the API server for the identity of the request, and whether the identity has the right. Never fails. */
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

/** An action in words, for example `get configmaps "sites" in namespace "cloudify"`. */
export function describeAction({ verb, resource, subresource, name, namespace }: Action): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${verb} ${what}${which}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}

/**
 * The kubectl commands that give an identity a missing right, on one line.
 *
 * @param verbs all verbs that the program needs for the resource; the forbidden verb is one of them
 */
export function grantCommand({ action, identity }: Forbidden, verbs: readonly string[]): string {
  const { group, resource, subresource, namespace, name } = action;
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const account = SERVICE_ACCOUNT.exec(identity ?? '')?.groups;
  const subject = account
    ? `--serviceaccount=${account.namespace}:${account.name}`
    : `--user=${shellWord(identity ?? 'USER')}`;
  const kind = namespace === undefined ? 'clusterrole' : 'role';
  const role = `${account?.name ?? 'user'}-${resource}`;
  const place = namespace === undefined ? '' : ` --namespace=${namespace}`;
  const names = name === undefined ? '' : ` --resource-name=${name}`;
  return (
    `kubectl create ${kind} ${role}${place} --verb=${verbs.join(',')} --resource=${what}${names} && ` +
    `kubectl create ${kind}binding ${role}${place} --${kind}=${role} ${subject}`
  );
}

/** The user name of a ServiceAccount. */
const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[a-z0-9-]+):(?<name>[a-z0-9.-]+)$/;
