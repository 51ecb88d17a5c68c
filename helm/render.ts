import type { KubernetesObject } from '@kubernetes/client-node';
import { App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { CloudifyManager, CloudifyPersistence } from '../lib/index.js';
import { addCleanupJob } from './cleanup-job.ts';
import { placeholder } from './expressions.ts';

/** By the name that values.yaml has for it. */
const PERSISTENCE = {
  storageClass: () => CloudifyPersistence.storageClass({ className: placeholder('storageClass') }),
  claim: (chart: Chart) =>
    CloudifyPersistence.claim(
      kplus.PersistentVolumeClaim.fromClaimName(chart, 'ExistingClaim', placeholder('existingClaim')),
      { subPath: placeholder('subPath') },
    ),
  hostPath: () => CloudifyPersistence.hostPath(placeholder('hostPath')),
  ephemeral: () => CloudifyPersistence.ephemeral(),
} satisfies Record<string, (chart: Chart) => CloudifyPersistence>;

export type PersistenceType = keyof typeof PERSISTENCE;

export const PERSISTENCE_TYPES = Object.keys(PERSISTENCE) as readonly PersistenceType[];

/** All objects that a release can have, with placeholders in place of its values. */
export function renderWithPlaceholders(persistence: PersistenceType): KubernetesObject[] {
  const chart = new Chart(new App(), 'cloudify-manager', { namespace: placeholder('namespace') });
  // No placeholder, but the field for the list.
  const dockerRegistryAuth = kplus.Secret.fromSecretName(chart, 'DockerRegistryAuth', 'any');
  const manager = new CloudifyManager(chart, 'CloudifyManager', {
    name: placeholder('name'),
    dockerRegistryAuth,
    consulAddress: placeholder('consulAddress'),
    persistence: PERSISTENCE[persistence](chart),
    components: { namespaceName: placeholder('components') },
    // No placeholder, but the fields for one.
    nodePort: 30000,
    init: { location: placeholder('location'), user: placeholder('user') },
  });
  addCleanupJob(chart, manager, dockerRegistryAuth);
  return Testing.synth(chart);
}
