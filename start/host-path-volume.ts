import type { KubernetesObject, V1PersistentVolume } from '@kubernetes/client-node';
import { nameOf } from './manifests.ts';

/** What a StorageClass would make for a claim: a node of its own has none. The kubelet makes the folder. */
export function hostPathVolume(name: string, path: string, claim: KubernetesObject): V1PersistentVolume {
  const { namespace } = claim.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '4Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path, type: 'DirectoryOrCreate' },
      claimRef: { ...(namespace !== undefined && { namespace }), name: nameOf(claim) },
    },
  };
}
