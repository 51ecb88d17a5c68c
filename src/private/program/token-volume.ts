import type * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { projectedVolume } from '../cdk8s-plus';

/** Where every Kubernetes client looks for the credentials of its pod. */
export const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod's API token as a volume, for the containers that mount it and no other; the automatic mount
 * would hand it to all of them.
 */
export function tokenVolume(scope: Construct, id: string, name: string): kplus.Volume {
  // No defaultMode: a file for root alone could not be read by the user our container runs as.
  return projectedVolume(scope, id, name, [
    // 3607 s is what the API server gives a year of grace; it does not for other values.
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardApi: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ]);
}
