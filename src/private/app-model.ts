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

/** The declarations of this package's constructs (see `AppRecord`). */
export interface Declarations {
  readonly entries: readonly Entry[];
  readonly kubeconfigs: readonly KubeconfigUse[];
  readonly refreshPorts: ReadonlyMap<kplus.Container, number>;
  readonly programContainers: ReadonlyMap<kplus.AbstractPod, readonly kplus.Container[]>;
  readonly namings: readonly Naming[];
}

/**
 * The input of all rules about the whole app: its objects and mounts by name, and what our constructs write. It is
 * built once per validation, in linear time, and passed to every rule.
 */
export interface AppModel {
  /** The objects by identity. More than one object with the same identity is a mistake. */
  readonly objects: ReadonlyMap<string, readonly ApiObject[]>;
  /** For each object that our constructs name: the outermost of these constructs. */
  readonly namings: ReadonlyMap<ApiObject, Naming>;
  /** The objects by kind and name, in all namespaces (see `checkSameFile`). */
  readonly namesakes: ReadonlyMap<string, readonly ApiObject[]>;
  /** The namespaces that the app creates, by name. */
  readonly namespaces: ReadonlyMap<string, readonly NamespaceLabels[]>;
  /** The NetworkPolicies that deny egress, by namespace. */
  readonly egressPolicies: ReadonlyMap<string | undefined, readonly EgressPolicy[]>;
  /** The mounts of a chart's pods. The key is the identity of the ConfigMap or Secret without its namespace. */
  readonly mounts: ReadonlyMap<string, readonly Mount[]>;
  /** The mounts of objects that the pod's chart neither renders nor imports, by kind and name. */
  readonly strayMounts: ReadonlyMap<string, readonly Mount[]>;
  /**
   * The first entry for each location of each kubeconfig, by `locationKey`. Later entries must agree with the first.
   */
  readonly firstOfLocation: ReadonlyMap<string, Entry>;
  /** The first entry for each user of each kubeconfig, by `userKey`. Later entries must agree with the first. */
  readonly firstOfUser: ReadonlyMap<string, Entry>;
  /** The first entry of each pod. The construct of this entry reports the mistakes of the pod. */
  readonly firstOfPod: ReadonlyMap<kplus.AbstractPod, Entry>;
  /**
   * The first use of each key of each object with a kubeconfig. The construct of this use reports the mistakes of the
   * key.
   */
  readonly kubeconfigs: ReadonlyMap<kplus.IResource, ReadonlyMap<string, KubeconfigUse>>;
  /** The ports of refreshers, which cdk8s-plus does not know. */
  readonly refreshPorts: ReadonlyMap<kplus.Container, number>;
  /** Our containers in each pod, in the order in which they were added. */
  readonly programContainers: ReadonlyMap<kplus.AbstractPod, readonly kplus.Container[]>;
}

/** The model of the app's current tree. Declarations of removed constructs are ignored. */
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

/** Whether a declaration still counts: its construct may have been removed from the app. */
function presenceIn(
  all: readonly IConstruct[],
  { entries, kubeconfigs }: Declarations,
): (declaration: KubeconfigUse) => boolean {
  const declaring = new Set([...entries, ...kubeconfigs].map(({ construct }) => construct));
  const present = new Set(all.filter((construct) => declaring.has(construct)));
  return ({ construct }) => present.has(construct);
}

/** Inner constructs come first in the list, so outer constructs overwrite them in the map. */
function outermostNamings(namings: readonly Naming[]): Map<ApiObject, Naming> {
  return new Map(namings.flatMap((naming) => naming.objects().map((object) => [object, naming] as const)));
}

/** Groups items by key. Each group keeps the order of its items. */
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

/** An imported object (`from…Name`) may be declared in a parent chart of the pod's chart. */
function isImported({ pod, kind, name }: Mount, imports: ReadonlySet<string>): boolean {
  return pod.node.scopes.some((scope) => imports.has(mountKey(kind, name, scope)));
}

function importKeys(construct: kplus.IResource): string[] {
  const chart = construct.node.scopes.findLast(Chart.isChart) ?? construct.node.root;
  return [mountKey(construct.kind, construct.name, chart)];
}

/** Whether a construct is an imported object: the result of a `from…Name` method of cdk8s-plus. */
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
