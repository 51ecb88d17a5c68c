import type { ApiNetwork } from '../control-plane/kube-apiserver.ts';

/** The name of the only node. */
export const NODE_NAME = 'node1';
/** The address that isolate.sh gives to the interface. */
export const NODE_ADDRESS = '10.200.0.1';
export const POD_RANGE = '10.244.0.0/24';
export const SERVICE_RANGE = '10.96.0.0/16';
/** The address of Service `kubernetes`: the first of the range. */
export const API_SERVICE_ADDRESS = '10.96.0.1';
export const API_PORT = 6443;

/** The network of a cluster's API server. The node and the pods connect to it, and it connects to the kubelet. */
export function nodeNetwork(client: { certificateFile: string; keyFile: string }): ApiNetwork {
  return {
    bindAddress: '0.0.0.0',
    serviceRange: SERVICE_RANGE,
    flags: [
      `--advertise-address=${NODE_ADDRESS}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--kubelet-preferred-address-types=InternalIP',
      `--kubelet-client-certificate=${client.certificateFile}`,
      `--kubelet-client-key=${client.keyFile}`,
    ],
  };
}
