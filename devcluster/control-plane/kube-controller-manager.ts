import { type AdminGet, isThere } from './admin-client.ts';
import type { Certificates } from './certificates.ts';
import type { Component } from './component.ts';

/** The controllers that create the standard objects of a namespace. The other controllers need nodes. */
export const NAMESPACE_CONTROLLERS = [
  'serviceaccount-token-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
];

/** The controllers that create pods from pod templates, and the one that checks the types of admission policies. */
export const WORKLOAD_CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'statefulset-controller',
  'job-controller',
  'cronjob-controller',
  'validatingadmissionpolicy-status-controller',
];

export interface ControllerManagerOptions {
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly certificates: Certificates;
  readonly get: AdminGet;
  /** The names of controllers. `*` means all that are on by default. */
  readonly controllers: readonly string[];
  /** Whether each controller has a ServiceAccount, as on clusters of kubeadm. @default - all are the admin */
  readonly ownAccounts?: boolean;
}

/** Start it only when the API server is ready: otherwise it ends at once. */
export function kubeControllerManager(command: string, options: ControllerManagerOptions): Component {
  const { kubeconfig, certificates, get, controllers, ownAccounts = false } = options;
  return {
    name: 'kube-controller-manager',
    command,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${certificates.serviceAccountKeyFile}`,
      `--root-ca-file=${certificates.caFile}`,
      `--use-service-account-credentials=${ownAccounts}`,
      '--leader-elect=false',
      '--secure-port=0', // no client needs it
      // The default limits are low, so that tests would wait for seconds.
      '--kube-api-qps=500',
      '--kube-api-burst=500',
    ],
    isReady: async (signal) =>
      (await isThere(get, '/api/v1/namespaces/default/serviceaccounts/default', signal)) &&
      (await isThere(get, '/api/v1/namespaces/default/configmaps/kube-root-ca.crt', signal)),
  };
}
