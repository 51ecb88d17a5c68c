import type * as kplus from 'cdk8s-plus-27';

/** An object of the pod's namespace that one of its containers mounts. */
export interface Mount {
  readonly pod: kplus.AbstractPod;
  readonly container: kplus.Container;
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly subPath?: string;
}

/** What the containers of a pod mount of its namespace, as far as cdk8s-plus knows: JSON patches are not seen. */
export function mountsOf(pod: kplus.AbstractPod): Mount[] {
  return [...pod.initContainers, ...pod.containers].flatMap((container) =>
    container.mounts.flatMap(({ volume, subPath, subPathExpr }) =>
      sourcesOf(volume).map((source) => ({ pod, container, ...source, subPath: subPath ?? subPathExpr })),
    ),
  );
}

function sourcesOf(volume: kplus.Volume): Pick<Mount, 'kind' | 'name'>[] {
  const { configMap, secret, persistentVolumeClaim, projected } = renderedVolume(volume);
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

/** What a volume holds is told by the method alone that cdk8s-plus keeps to itself. */
export function renderedVolume(volume: kplus.Volume): kplus.k8s.Volume {
  return (volume as unknown as { _toKube(): kplus.k8s.Volume })._toKube();
}
