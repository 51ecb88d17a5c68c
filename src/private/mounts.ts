import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod, type TheirContainer } from './api-object-pod';
import { renderedVolume } from './cdk8s-plus';

/** An object of the pod's namespace that one of its containers mounts. */
export interface Mount {
  readonly pod: kplus.AbstractPod;
  readonly container: { readonly name: string };
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly subPath?: string;
}

/**
 * The objects that the pod's containers mount. Mounts that a JSON patch adds to a pod of cdk8s-plus-27 are not seen.
 */
export function mountsOf(pod: kplus.AbstractPod): Mount[] {
  const ours = [...pod.initContainers, ...pod.containers].flatMap((container) =>
    container.mounts.flatMap(({ volume, subPath, subPathExpr }) =>
      sourcesOf(renderedVolume(volume)).map((source) => ({
        pod,
        container,
        ...source,
        subPath: subPath ?? subPathExpr,
      })),
    ),
  );
  return pod instanceof ApiObjectPod ? [...theirMounts(pod), ...ours] : ours;
}

function theirMounts(pod: ApiObjectPod): Mount[] {
  const { volumes = [] } = pod.theirSpec;
  const mountsIn = (container: TheirContainer): Mount[] =>
    (container.volumeMounts ?? []).flatMap(({ name, subPath, subPathExpr }) =>
      volumes
        .filter((volume) => volume.name === name)
        .flatMap(sourcesOf)
        .map((source) => ({ pod, container, ...source, subPath: subPath ?? subPathExpr })),
    );
  return pod.theirContainers.flatMap(mountsIn);
}

function sourcesOf(volume: kplus.k8s.Volume): Pick<Mount, 'kind' | 'name'>[] {
  const { configMap, secret, persistentVolumeClaim, projected } = volume;
  const sources: [Mount['kind'], string | undefined][] = [
    ['ConfigMap', configMap?.name],
    ['Secret', secret?.secretName],
    ['PersistentVolumeClaim', persistentVolumeClaim?.claimName],
    ...(projected?.sources ?? []).flatMap((source): [Mount['kind'], string | undefined][] => [
      ['ConfigMap', source.configMap?.name],
      ['Secret', source.secret?.name],
    ]),
  ];
  return sources.flatMap(([kind, name]) => (name === undefined ? [] : [{ kind, name }]));
}

/**
 * Checks that each container has at most one volume at a path. The API server refuses two volumes if their paths are
 * equal texts.
 */
export function checkMountPaths(pod: kplus.AbstractPod): string[] {
  return [...pod.initContainers, ...pod.containers].flatMap((container) => {
    const paths = container.mounts.map(({ path }) => plainPath(path));
    const twice = new Set(paths.filter((path, at) => paths.indexOf(path) < at));
    return [...twice].map(
      (path) => `container ${container.name} has several volumes mounted at ${path}: keep only one of them.`,
    );
  });
}

/** The normalized absolute path: `/run` for `/run/` and `//run/.`. */
export function plainPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `/${names.join('/')}`;
}
