import type * as kplus from 'cdk8s-plus-27';
import type { AppIndex } from './app-index';
import type { KubeconfigKind } from './kubeconfig-object';
import type { Mount } from './mounts';
import { identityOf } from './object-identity';

/** What is wrong with how pods, those of other charts too, mount an object that holds a kubeconfig. */
export function kubeconfigMountErrors(
  object: kplus.ConfigMap | kplus.Secret,
  kind: KubeconfigKind,
  index: AppIndex,
): string[] {
  const { name } = object;
  const { namespace } = object.metadata;
  return (index.mounts.get(`${kind}\n${name}`) ?? []).flatMap((mount) => {
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

function isThere({ pod, kind, name }: Mount, { objects }: AppIndex): boolean {
  return objects.has(identityOf(`core/${kind}`, name, pod, pod.metadata.namespace));
}

function elsewhere({ pod, container, kind, name }: Mount, namespace: string | undefined): string {
  return (
    `container ${container.name} of ${pod.node.path}, in ${inWords(pod.metadata.namespace)}, mounts ${kind} ${name} ` +
    `of ${inWords(namespace)}: a pod mounts ${kind}s of its own namespace only, so give both the same.`
  );
}

export function inWords(namespace: string | undefined): string {
  return namespace === undefined ? 'no namespace' : `namespace ${namespace}`;
}
