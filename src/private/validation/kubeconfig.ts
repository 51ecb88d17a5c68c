import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { mountKey, namesakeKey } from '../api-objects';
import type { AppModel } from '../app-model';
import { AppRecord } from '../app-record';
import { type Declared, declaredBy, declaredKeys, declaredObject } from '../declared-object';
import type { Mount } from '../mounts';
import { podPath } from '../pod-spec';
import { inWords } from './namespaces';
import { reportAtSynthesis } from './report';

/** The kinds of object that may hold a kubeconfig. */
export type KubeconfigKind = 'ConfigMap' | 'Secret';

/** One use of a kubeconfig: the construct, the object and the key. */
export interface KubeconfigUse {
  readonly construct: IConstruct;
  readonly kind: KubeconfigKind;
  readonly object: kplus.IResource;
  readonly key: string;
  /**
   * The pod that uses the kubeconfig. If the object exists already and is in the pod's cluster, it is in the pod's
   * namespace.
   */
  readonly pod?: kplus.AbstractPod;
  /** Whether the object is in another cluster than the pod. */
  readonly isElsewhere?: boolean;
}

/**
 * Reports mistakes of an object that holds a kubeconfig under the key, and of the pods that mount it. Only the first
 * construct that uses the key reports them.
 */
export function reportKubeconfig(use: KubeconfigUse): void {
  AppRecord.of(use.construct).kubeconfigs.push(use);
  reportAtSynthesis(use.construct, (app) => checkKubeconfig(use, app));
}

function checkKubeconfig(use: KubeconfigUse, app: AppModel): string[] {
  const uses = app.kubeconfigs.get(use.object);
  if (uses?.get(use.key) !== use) {
    return [];
  }
  const [first] = uses.values();
  const declared = declaredBy(declaredObject(use.object, podBeside(use), app));
  return [
    ...checkDeclaredKey(use, declared),
    ...(use === first ? checkMutable(use, declared) : []),
    ...mountsOfObject(use, app).flatMap((mount) => checkSubPath(mount, use.key)),
    ...(use === first ? checkMountsFromElsewhere(use, app) : []),
  ];
}

function checkDeclaredKey({ kind, object, key }: KubeconfigUse, declared: Declared): string[] {
  return declaredKeys(declared).includes(key) || isGiven(object, key)
    ? [
        `${kind} ${object.name} declares the key ${key}, so every apply would erase the sites: leave out the key.`,
      ]
    : [];
}

/**
 * Whether the key is declared, even with an empty value. (A ConfigMap of cdk8s-plus-27 does not render an empty value.)
 */
function isGiven(resource: kplus.IResource, key: string): boolean {
  return (
    resource instanceof kplus.ConfigMap &&
    (Object.hasOwn(resource.data, key) || Object.hasOwn(resource.binaryData, key))
  );
}

function checkMutable({ kind, object }: KubeconfigUse, { immutable }: Declared): string[] {
  return immutable
    ? [`${kind} ${object.name} is immutable, so no site can be written: make it mutable.`]
    : [];
}

/** The pod, if it is in the cluster of the object. */
function podBeside({ pod, isElsewhere }: KubeconfigUse): kplus.AbstractPod | undefined {
  return isElsewhere ? undefined : pod;
}

/** The mounts of the object by pods of the same namespace. */
function mountsOfObject(use: KubeconfigUse, app: AppModel): readonly Mount[] {
  const { kind, object } = use;
  const owner = object instanceof kplus.Resource ? object : podBeside(use);
  if (owner === undefined) {
    return [];
  }
  const near = app.mounts.get(mountKey(kind, object.name, Chart.of(owner))) ?? [];
  const stray = object instanceof kplus.Resource ? straysOf(kind, object, app) : [];
  const { namespace } = owner.metadata;
  return [...near, ...stray].filter((mount) => mount.pod.metadata.namespace === namespace);
}

/** The mounts by pods whose chart neither renders nor imports an object of that name. */
function straysOf(kind: KubeconfigKind, object: kplus.Resource, { strayMounts }: AppModel): readonly Mount[] {
  const strays = strayMounts.get(namesakeKey({ kind, name: object.name })) ?? [];
  return strays.filter(({ pod }) => Chart.of(pod) !== Chart.of(object));
}

function checkMountsFromElsewhere({ kind, object }: KubeconfigUse, app: AppModel): string[] {
  if (!(object instanceof kplus.Resource)) {
    return [];
  }
  const { namespace } = object.metadata;
  return (app.strayMounts.get(namesakeKey({ kind, name: object.name })) ?? [])
    .filter(({ pod }) => pod.metadata.namespace !== namespace)
    .map(
      ({ pod, container }) =>
        `container ${container.name} of ${podPath(pod)}, in ${inWords(pod.metadata.namespace)}, mounts ${kind} ` +
        `${object.name} of ${inWords(namespace)}. A pod can only mount ${kind}s of its own namespace: give both the same namespace.`,
    );
}

function checkSubPath({ pod, container, kind, name, subPath }: Mount, key: string): string[] {
  if (subPath !== key && !subPath?.includes('$(')) {
    return [];
  }
  return [
    `container ${container.name} of ${podPath(pod)} mounts ${kind} ${name} by subPath, and would never get an ` +
      'update: mount the directory, without subPath.',
  ];
}
