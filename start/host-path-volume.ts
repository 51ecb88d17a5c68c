import type { KubernetesObject, V1PersistentVolume } from '@kubernetes/client-node';
import { nameOf } from './manifests.ts';

/** A volume for a claim. Our node has no StorageClass that would create it. The kubelet creates the folder. */
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
