import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { MultisiteTarget } from '../../multisite-target';
import type { SiteCredential } from '../../site-credential';
import { identityOf } from '../api-objects';
import type { AppModel } from '../app-model';
import { podPath } from '../pod-spec';
import { isPodIdentity, isSameCredential } from '../program/credential';
import { objectNamespace } from '../program/target';
import type { KubeconfigUse } from './kubeconfig';
import { propPath } from './prop-path';
import { severalPods } from './replicas';

/** An entry that a construct of the app writes to a kubeconfig. */
export interface Entry extends KubeconfigUse {
  readonly pod: kplus.AbstractPod;
  /** The kubeconfig (see `documentKey`). */
  readonly document: string;
  readonly location: string;
  readonly user: string;
  readonly credential: SiteCredential;
}

/**
 * One kubeconfig of the app: a key of one object. If the object exists already, the pod's chart identifies the object's
 * cluster.
 */
export function documentKey(
  kind: string,
  object: kplus.IResource,
  key: string,
  pod: kplus.AbstractPod,
  target: MultisiteTarget | undefined,
): string {
  const isRendered = object instanceof kplus.Resource;
  const identity = identityOf(
    kind,
    object.name,
    Chart.of(isRendered ? object : pod),
    objectNamespace(object, pod, target),
  );
  // For another cluster, only the target's Secret and context are known. A target without a kubeconfig is reported
  // elsewhere.
  const cluster = isRendered ? [] : [target?.kubeconfig?.name ?? '', target?.context ?? ''];
  return [identity, key, ...cluster].join('\n');
}

export function locationKey({ document, location }: Entry): string {
  return `${document}\n${location}`;
}

export function userKey({ document, user }: Entry): string {
  return `${document}\n${user}`;
}

/** Checks an entry against the pods that write it, and against the other entries of the same kubeconfig. */
export function checkEntry(entry: Entry, app: AppModel): string[] {
  const { firstOfLocation, firstOfUser } = app;
  return [
    ...checkPods(entry, app),
    ...checkLocation(entry, firstOfLocation.get(locationKey(entry)) ?? entry),
    ...checkUser(entry, firstOfUser.get(userKey(entry)) ?? entry),
  ];
}

function checkPods({ construct, pod, location, credential }: Entry, app: AppModel): string[] {
  const several = severalPods(pod, app);
  if (several === undefined || !isPodIdentity(credential)) {
    return [];
  }
  return [
    `${podPath(pod)} has ${several}. Each pod would overwrite the token in context "${location}", and that token ends with ` +
      `its pod: run one replica, or give a ${propPath(construct, 'credential')} that outlives a pod ` +
      '(SiteCredential.requested).',
  ];
}

function checkLocation(entry: Entry, first: Entry): string[] {
  const { construct, location, user, credential } = entry;
  const theirs = first.construct.node.path;
  const ours = propPath(construct, 'location');
  // If the user only changed the location, the duplicate user would be the next mistake. So the message names both.
  const another = first.user === user ? `${ours} and ${propPath(construct, 'user')}` : ours;
  const theCredential = propPath(construct, 'credential');
  if (first.user !== user || !isSameCredential(first.credential, credential)) {
    return [
      `${theirs} also writes context "${location}", with another user or another token. The two constructs would overwrite ` +
        `each other's entry: give one of them another ${another}, or give both the same ${propPath(construct, 'user')} and ${theCredential}.`,
    ];
  }
  if (isPodIdentity(credential) && first.pod !== entry.pod) {
    return [
      `${theirs} also writes context "${location}", with the token of another pod. The two constructs would overwrite each ` +
        `other's entry: give one of them another ${another}, or give both a requested ${theCredential} (SiteCredential.requested).`,
    ];
  }
  return [];
}

function checkUser({ construct, user, location }: Entry, first: Entry): string[] {
  if (first.location === location) {
    return [];
  }
  return [
    `${first.construct.node.path} writes user "${user}" for context "${first.location}", so the program would refuse to ` +
      `write this user for "${location}": give each location its own ${propPath(construct, 'user')}.`,
  ];
}
