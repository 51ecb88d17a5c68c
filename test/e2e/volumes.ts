import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { APPLY, kubectl } from '../src/kubectl.ts';

/**
 * Makes a folder of the node the volume of a claim, as whoever runs a cluster without a provisioner does. Its name is that of the
 * namespace.
 */
export async function createVolume(namespace: string, claim: string): Promise<void> {
  const path = join(inject('node').folder, 'volumes', namespace);
  await mkdir(path, { recursive: true });
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: namespace },
    spec: {
      capacity: { storage: '4Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path, type: 'Directory' },
      claimRef: { namespace, name: claim },
    },
  };
  await kubectl(APPLY, JSON.stringify(volume));
}
