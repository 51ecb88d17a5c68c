import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { identityOf, identityOfObject, mountKey, namesakeKey } from './api-objects';
import { type Mount, mountsOf } from './mounts';
import { type NamespaceLabels, namespacesOf } from './pod-security/enforced-level';
import type { Naming } from './validation/duplicate-names';
import { type Entry, locationKey, userKey } from './validation/entries';
import type { KubeconfigUse } from './validation/kubeconfig';
import { type EgressPolicy, egressPoliciesOf } from './validation/network-policies';

/** What the constructs of this package declare while an app is built (see `AppRecord`). */
export interface Declarations {
  readonly entries: readonly Entry[];
  readonly kubeconfigs: readonly KubeconfigUse[];
  readonly refreshPorts: ReadonlyMap<kplus.Container, number>;
  readonly programContainers: ReadonlyMap<kplus.AbstractPod, readonly kplus.Container[]>;
  readonly namings: readonly Naming[];
}

/**
 * What rules about the whole app look at: its objects and mounts by name, and what our constructs write. It is built once a
 * validation, in linear time, and handed to every rule.
 */
export interface AppModel {
  /** The objects of one identity: more than one is a mistake. */
  readonly objects: ReadonlyMap<string, readonly ApiObject[]>;
  /** Of each object that constructs of ours name the outermost of these. */
  readonly namings: ReadonlyMap<ApiObject, Naming>;
  /** The objects of one kind and name, whatever their namespace (see `checkSameFile`). */
  readonly namesakes: ReadonlyMap<string, readonly ApiObject[]>;
  /** The namespaces that the app creates, by name. */
  readonly namespaces: ReadonlyMap<string, readonly NamespaceLabels[]>;
  /** The NetworkPolicies that deny egress, by namespace. */
  readonly egressPolicies: ReadonlyMap<string | undefined, readonly EgressPolicy[]>;
  /** The mounts by pods of a chart, by identity of the ConfigMap or Secret in no namespace. */
  readonly mounts: ReadonlyMap<string, readonly Mount[]>;
  /** The mounts of objects that the pod's chart neither renders nor names, by kind and name. */
  readonly strayMounts: ReadonlyMap<string, readonly Mount[]>;
  /** The first entry for each location of each kubeconfig, by `locationKey`: later ones have to agree with it. */
  readonly firstOfLocation: ReadonlyMap<string, Entry>;
  /** The first entry for each user of each kubeconfig, by `userKey`: later ones have to agree with it. */
  readonly firstOfUser: ReadonlyMap<string, Entry>;
  /** The first entry that each pod writes: its construct reports what is wrong with the pod. */
  readonly firstOfPod: ReadonlyMap<kplus.AbstractPod, Entry>;
  /** The first use of each key, of each object that holds kubeconfigs: its construct reports what is wrong with that. */
  readonly kubeconfigs: ReadonlyMap<kplus.IResource, ReadonlyMap<string, KubeconfigUse>>;
  /** The ports of refreshers, which cdk8s-plus does not know. */
  readonly refreshPorts: ReadonlyMap<kplus.Container, number>;
  /** Our containers in each pod, in the order in which they were added. */
  readonly programContainers: ReadonlyMap<kplus.AbstractPod, readonly kplus.Container[]>;
}

/** The model of an app as its tree stands; what removed constructs declared does not count. */
export function appModel(root: IConstruct, declared: Declarations): AppModel {
  const all = root.node.findAll();
  const apiObjects = all.filter(ApiObject.isApiObject);
  const objects = grouped(apiObjects, identityOfObject);
  const imports = new Set(all.filter(isImport).flatMap(importKeys));
  const isThere = (mount: Mount) => isRendered(mount, objects) || isImported(mount, imports);
  const mounts = all.filter(isPod).flatMap(mountsOf);
  const isPresent = presenceIn(all, declared);
  const entries = declared.entries.filter(isPresent);
  return {
    objects,
    namings: outermostNamings(declared.namings),
    namesakes: grouped(apiObjects, namesakeKey),
    namespaces: grouped(namespacesOf(apiObjects), ({ name }) => name),
    egressPolicies: grouped(egressPoliciesOf(apiObjects), ({ namespace }) => namespace),
    mounts: grouped(mounts, ({ pod, kind, name }) => mountKey(kind, name, Chart.of(pod))),
    strayMounts: grouped(
      mounts.filter((mount) => !isThere(mount)),
      namesakeKey,
    ),
    firstOfLocation: firstBy(entries, locationKey),
    firstOfUser: firstBy(entries, userKey),
    firstOfPod: firstBy(entries, ({ pod }) => pod),
    kubeconfigs: firstUses(declared.kubeconfigs.filter(isPresent)),
    refreshPorts: declared.refreshPorts,
    programContainers: declared.programContainers,
  };
}

/** Whether what a construct declared is still of the app: the construct may have been removed. */
function presenceIn(
  all: readonly IConstruct[],
  { entries, kubeconfigs }: Declarations,
): (declaration: KubeconfigUse) => boolean {
  const declaring = new Set([...entries, ...kubeconfigs].map(({ construct }) => construct));
  const present = new Set(all.filter((construct) => declaring.has(construct)));
  return ({ construct }) => present.has(construct);
}

/** A construct names its objects after those within it have named theirs. */
function outermostNamings(namings: readonly Naming[]): Map<ApiObject, Naming> {
  return new Map(namings.flatMap((naming) => naming.objects().map((object) => [object, naming] as const)));
}

/** Items by a key that several of them may have, in their order. */
export function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}

/** The first item of each key. */
function firstBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T> {
  return new Map(items.toReversed().map((item) => [keyOf(item), item]));
}

function firstUses(uses: readonly KubeconfigUse[]): Map<kplus.IResource, ReadonlyMap<string, KubeconfigUse>> {
  const usesOf = grouped(uses, ({ object }) => object);
  return new Map([...usesOf].map(([object, those]) => [object, firstBy(those, ({ key }) => key)]));
}

function isRendered({ pod, kind, name }: Mount, objects: ReadonlyMap<string, unknown>): boolean {
  return objects.has(identityOf(`core/${kind}`, name, Chart.of(pod), pod.metadata.namespace));
}

/** An object that exists already may be named in a chart around the pod's. */
function isImported({ pod, kind, name }: Mount, imports: ReadonlySet<string>): boolean {
  return pod.node.scopes.some((scope) => imports.has(mountKey(kind, name, scope)));
}

function importKeys(construct: kplus.IResource): string[] {
  const chart = construct.node.scopes.findLast(Chart.isChart) ?? construct.node.root;
  return [mountKey(construct.kind, construct.name, chart)];
}

/** An object that exists already, as the `from…Name` of cdk8s-plus make them. */
function isImport(construct: IConstruct): construct is kplus.IResource {
  const { kind, name } = construct as Partial<kplus.IResource>;
  return (
    typeof kind === 'string' &&
    typeof name === 'string' &&
    !ApiObject.isApiObject(construct) &&
    !(construct instanceof kplus.Resource)
  );
}

function isPod(construct: IConstruct): construct is kplus.AbstractPod {
  return construct instanceof kplus.AbstractPod;
}
