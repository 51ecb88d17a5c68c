import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { SiteCredential } from '../../site-credential';
import { identityOf } from '../api-objects';
import { isPodIdentity, isSameCredential } from '../program/credential';
import type { KubeconfigKind } from '../program/kubeconfig-object';
import { severalPods } from './replicas';

/** What a writer of the app keeps in a kubeconfig. */
export interface Entry {
  readonly writer: IConstruct;
  readonly pod: kplus.AbstractPod;
  readonly kind: KubeconfigKind;
  readonly object: kplus.IResource;
  readonly key: string;
  readonly location: string;
  readonly user: string;
  readonly credential: SiteCredential;
}

/** The first of a kubeconfig's entries for each location, and for each user: what later ones have to agree with. */
interface Firsts {
  readonly ofLocation: Map<string, Entry>;
  readonly ofUser: Map<string, Entry>;
}

/** The kubeconfigs of each app. */
const DOCUMENTS = new WeakMap<IConstruct, Map<string, Firsts>>();

export function registerEntry(entry: Entry): void {
  const { ofLocation, ofUser } = firstsBeside(entry);
  if (!ofLocation.has(entry.location)) {
    ofLocation.set(entry.location, entry);
  }
  if (!ofUser.has(entry.user)) {
    ofUser.set(entry.user, entry);
  }
}

/** What does not go with the pods that write the entry, or with another entry of the same kubeconfig. */
export function entryErrors(entry: Entry): string[] {
  const { ofLocation, ofUser } = firstsBeside(entry);
  return [
    ...podErrors(entry),
    ...locationErrors(entry, ofLocation.get(entry.location) ?? entry),
    ...userErrors(entry, ofUser.get(entry.user) ?? entry),
  ];
}

function firstsBeside(entry: Entry): Firsts {
  const { root } = entry.writer.node;
  const documents = DOCUMENTS.get(root) ?? new Map<string, Firsts>();
  DOCUMENTS.set(root, documents);
  const key = documentOf(entry);
  const firsts = documents.get(key) ?? { ofLocation: new Map(), ofUser: new Map() };
  documents.set(key, firsts);
  return firsts;
}

function documentOf({ pod, kind, object, key }: Entry): string {
  // Of one that exists already, the pod's chart tells in which cluster.
  const scope = object instanceof kplus.Resource ? object : pod;
  return `${identityOf(kind, object.name, Chart.of(scope), pod.metadata.namespace)}\n${key}`;
}

function podErrors({ pod, location, credential }: Entry): string[] {
  const several = severalPods(pod);
  if (several === undefined || !isPodIdentity(credential)) {
    return [];
  }
  return [
    `${pod.node.path} has ${several}, and each would write its own token to context "${location}", and take it along ` +
      'when it goes: run one replica, or give a credential that outlives a pod (SiteCredential.requested).',
  ];
}

function locationErrors(entry: Entry, first: Entry): string[] {
  const { location, user, credential } = entry;
  const theirs = first.writer.node.path;
  if (first.user !== user || !isSameCredential(first.credential, credential)) {
    return [
      `${theirs} writes context "${location}" as another user, or with another token, so that each would overwrite the ` +
        'other: give one of them another location, or both the same user and credential.',
    ];
  }
  if (isPodIdentity(credential) && first.pod !== entry.pod) {
    return [
      `${theirs} writes context "${location}" with the token of another pod, so that each would overwrite the other: give ` +
        'one of them another location, or both a requested credential (SiteCredential.requested).',
    ];
  }
  return [];
}

function userErrors({ user, location }: Entry, first: Entry): string[] {
  if (first.location === location) {
    return [];
  }
  return [
    `${first.writer.node.path} writes user "${user}" for context "${first.location}", so that the program would refuse to ` +
      `write it for "${location}": give each location a user of its own.`,
  ];
}
