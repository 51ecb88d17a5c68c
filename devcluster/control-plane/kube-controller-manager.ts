import { type AdminGet, isThere } from './admin-client.ts';
import type { Certificates } from './certificates.ts';
import type { Component } from './component.ts';

/** What gives a namespace what it has on a real cluster before any pod runs in it; the others would want nodes. */
export const NAMESPACE_CONTROLLERS = [
  'serviceaccount-token-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
];

export interface ControllerManagerOptions {
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly certificates: Certificates;
  readonly get: AdminGet;
  /** By their names; `*` is all that are on by default. */
  readonly controllers: readonly string[];
}

/** It ends at once if the API server is not ready yet. */
export function kubeControllerManager(command: string, options: ControllerManagerOptions): Component {
  const { kubeconfig, certificates, get, controllers } = options;
  return {
    name: 'kube-controller-manager',
    command,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${certificates.serviceAccountKeyFile}`,
      `--root-ca-file=${certificates.caFile}`,
      '--leader-elect=false',
      '--secure-port=0', // it serves nobody
      // By default it spares the API server, and its clients wait for seconds.
      '--kube-api-qps=500',
      '--kube-api-burst=500',
    ],
    isReady: async (signal) =>
      (await isThere(get, '/api/v1/namespaces/default/serviceaccounts/default', signal)) &&
      (await isThere(get, '/api/v1/namespaces/default/configmaps/kube-root-ca.crt', signal)),
  };
}
