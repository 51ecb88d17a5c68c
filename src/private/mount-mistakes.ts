import { Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { type AppIndex, validateInApp } from './app-index';
import { inWords } from './in-words';
import type { KubeconfigKind } from './kubeconfig-object';
import type { Mount } from './mounts';
import { identityOf } from './object-identity';

/** The objects whose mounts are watched already. */
const CHECKED = new WeakSet<IConstruct>();

/** Reports how pods, those of other charts too, mount an object that holds a kubeconfig, where that is a mistake. */
export function checkKubeconfigMounts(
  construct: IConstruct,
  object: kplus.Resource,
  kind: KubeconfigKind,
): void {
  if (!CHECKED.has(object)) {
    CHECKED.add(object);
    validateInApp(construct, (index) => mountErrors(object, kind, index));
  }
}

function mountErrors(object: kplus.Resource, kind: KubeconfigKind, index: AppIndex): string[] {
  const { namespace } = object.metadata;
  return (index.mounts.get(`${kind}\n${object.name}`) ?? [])
    .filter((mount) => Chart.of(mount.pod) === Chart.of(object) || !isThere(mount, index))
    .flatMap((mount) => {
      if (mount.pod.metadata.namespace === namespace) {
        return subPathErrors(mount);
      }
      return isThere(mount, index) ? [] : [elsewhere(mount, namespace)];
    });
}

/** What is wrong with how a pod mounts an object that holds a kubeconfig, which need not be of this app. */
export function subPathErrors({ pod, container, kind, name, subPath }: Mount): string[] {
  if (subPath === undefined) {
    return [];
  }
  return [
    `container ${container.name} of ${pod.node.path} mounts ${kind} ${name} by subPath, and would never see an ` +
      'update: mount the directory, without subPath.',
  ];
}

/** Whether the pod's chart has, or names, an object of its own that the mount is of. */
function isThere({ pod, kind, name }: Mount, { objects, imports }: AppIndex): boolean {
  return (
    objects.has(identityOf(`core/${kind}`, name, pod, pod.metadata.namespace)) ||
    imports.has(identityOf(kind, name, pod))
  );
}

function elsewhere({ pod, container, kind, name }: Mount, namespace: string | undefined): string {
  return (
    `container ${container.name} of ${pod.node.path}, in ${inWords(pod.metadata.namespace)}, mounts ${kind} ${name} ` +
    `of ${inWords(namespace)}: a pod mounts ${kind}s of its own namespace only, so give both the same.`
  );
}
