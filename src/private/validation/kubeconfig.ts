import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { type AppIndex, mountKey, namesakeKey, validateInApp } from '../app-model';
import { inWords } from '../in-words';
import type { Mount } from '../mounts';
import { type KubeconfigKind, objectErrors } from '../program/kubeconfig-object';

/** The keys of each object that are judged already. */
const CHECKED = new WeakMap<kplus.IResource, Set<string>>();

/**
 * Reports what is wrong with an object that holds a kubeconfig under the key, and with how pods mount it: once, however
 * many constructs ask.
 *
 * @param pod of whoever asks: of an object that exists already it tells where that is
 */
export function checkKubeconfig(
  construct: IConstruct,
  kind: KubeconfigKind,
  object: kplus.IResource,
  key: string,
  pod?: kplus.AbstractPod,
): void {
  const keys = CHECKED.get(object) ?? new Set();
  const isFirst = keys.size === 0;
  if (keys.has(key)) {
    return;
  }
  CHECKED.set(object, keys.add(key));
  validateInApp(construct, (index) => [
    ...objectErrors(kind, object, key, isFirst),
    ...mountsOfObject(kind, object, index, pod).flatMap((mount) => subPathErrors(mount, key)),
    ...(isFirst ? mountsFromElsewhere(kind, object, index) : []),
  ]);
}

/** Whether a construct of ours keeps a kubeconfig in the object. */
export function holdsKubeconfig(object: kplus.IResource): boolean {
  return CHECKED.has(object);
}

/** By pods of the same namespace. */
function mountsOfObject(
  kind: KubeconfigKind,
  object: kplus.IResource,
  index: AppIndex,
  pod: kplus.AbstractPod | undefined,
): readonly Mount[] {
  const owner = object instanceof kplus.Resource ? object : pod;
  if (owner === undefined) {
    return [];
  }
  const near = index.mounts.get(mountKey(kind, object.name, Chart.of(owner))) ?? [];
  const stray = object instanceof kplus.Resource ? straysOf(kind, object, index) : [];
  const { namespace } = owner.metadata;
  return [...near, ...stray].filter((mount) => mount.pod.metadata.namespace === namespace);
}

/** By pods of charts that neither render nor name an object of that name. */
function straysOf(kind: KubeconfigKind, object: kplus.Resource, { strayMounts }: AppIndex): readonly Mount[] {
  const strays = strayMounts.get(namesakeKey({ kind, name: object.name })) ?? [];
  return strays.filter(({ pod }) => Chart.of(pod) !== Chart.of(object));
}

function mountsFromElsewhere(kind: KubeconfigKind, object: kplus.IResource, index: AppIndex): string[] {
  if (!(object instanceof kplus.Resource)) {
    return [];
  }
  const { namespace } = object.metadata;
  return (index.strayMounts.get(namesakeKey({ kind, name: object.name })) ?? [])
    .filter(({ pod }) => pod.metadata.namespace !== namespace)
    .map(
      ({ pod, container }) =>
        `container ${container.name} of ${pod.node.path}, in ${inWords(pod.metadata.namespace)}, mounts ${kind} ` +
        `${object.name} of ${inWords(namespace)}: a pod mounts ${kind}s of its own namespace only, so give both the same.`,
    );
}

function subPathErrors({ pod, container, kind, name, subPath }: Mount, key: string): string[] {
  if (subPath !== key && !subPath?.includes('$(')) {
    return [];
  }
  return [
    `container ${container.name} of ${pod.node.path} mounts ${kind} ${name} by subPath, and would never see an ` +
      'update: mount the directory, without subPath.',
  ];
}
