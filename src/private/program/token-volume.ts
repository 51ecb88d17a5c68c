import type * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { projectedVolume } from '../cdk8s-plus';

/** The directory where every Kubernetes client looks for the credentials of its pod. */
export const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod's API token as a volume. Only the containers that mount this volume get the token. The automatic mount would
 * give it to all containers.
 */
export function tokenVolume(scope: Construct, id: string, name: string): kplus.Volume {
  // No defaultMode: our container's user could not read a file that only root may read.
  return projectedVolume(scope, id, name, [
    // The API server accepts the token for one more year, but only if this value is exactly 3607.
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardApi: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ]);
}
