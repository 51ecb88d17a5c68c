import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Where every Kubernetes client looks for the credentials of its pod. */
export const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod's API token as a volume, for the containers that mount it and no other; the automatic mount
 * would hand it to all of them.
 *
 * cdk8s-plus-27 has no projected volume, so this calls the constructor that all its own volumes come
 * from, which only its typing hides. A JSON patch would have to know the volume's index, which changes with
 * every volume and mount added later.
 */
export function tokenVolume(scope: Construct, id: string, name: string): kplus.Volume {
  // The keys are those of the L1, which spells `downwardApi` so and drops what it does not know. No
  // defaultMode: a file for root alone could not be read by the user our container runs as.
  const projected: kplus.k8s.ProjectedVolumeSource = {
    sources: [
      // 3607 s is what the API server gives a year of grace; it does not for other values.
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardApi: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  };
  const volume: kplus.Volume = Reflect.construct(kplus.Volume, [scope, id, name, { projected }]);
  return volume;
}
