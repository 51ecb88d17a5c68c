import { ApiObject, type ApiObjectMetadata, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MetainitOptions } from '../../metainit-options';
import { addMetainitContainer } from './metainit-container';

/** The folder on the node with the program's kubeconfig. `metainit-certificate.sh` writes it. */
const CREDENTIALS_FOLDER = '/var/lib/metainit';

const CREDENTIALS_MOUNT = '/etc/metainit';

/** With host network, every process of the network could reach the endpoints at another address. */
const LOOPBACK = '127.0.0.1';

/**
 * The pod of metainit for the kubelet's manifest folder. A static pod may refer to no other object of the cluster
 * (https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/).
 */
export function addStaticPod(
  scope: Construct,
  id: string,
  metadata: ApiObjectMetadata,
  options: MetainitOptions,
  port: number | undefined,
): kplus.Pod {
  const pod = new kplus.Pod(scope, id, { metadata, hostNetwork: true });
  ApiObject.of(pod).addJsonPatch(
    JsonPatch.add('/spec/priorityClassName', 'system-node-critical'),
    JsonPatch.add('/spec/tolerations', [{ key: 'CriticalAddonsOnly', operator: 'Exists' }]),
  );
  const credentials = kplus.Volume.fromHostPath(pod, 'Credentials', 'credentials', {
    path: CREDENTIALS_FOLDER,
    type: kplus.HostPathVolumeType.DIRECTORY,
  });
  addMetainitContainer(pod, options, {
    port,
    host: LOOPBACK,
    // The whole folder: a renewed file replaces the old one, and a mounted file would stay the old one.
    mounts: [{ path: CREDENTIALS_MOUNT, volume: credentials, readOnly: true }],
    moreArgs: [`--kubeconfig=${CREDENTIALS_MOUNT}/kubeconfig`],
  });
  return pod;
}
