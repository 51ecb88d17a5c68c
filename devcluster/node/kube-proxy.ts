import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from '../control-plane/component.ts';
import { httpOk } from './http-ok.ts';
import { NODE_NAME, POD_RANGE } from './network.ts';
import { NODE_PATH } from './node-path.ts';

const HEALTH = '127.0.0.1:10256';

export interface KubeProxyOptions {
  readonly folder: string;
  readonly kubeconfig: string;
}

export async function kubeProxy(
  command: string,
  { folder, kubeconfig }: KubeProxyOptions,
): Promise<Component> {
  const configuration = join(folder, 'kube-proxy.json');
  await writeFile(configuration, JSON.stringify(kubeProxyConfiguration(kubeconfig)));
  return {
    name: 'kube-proxy',
    command,
    args: [`--config=${configuration}`],
    env: { PATH: NODE_PATH },
    isReady: (signal) => httpOk(`http://${HEALTH}/healthz`, signal),
  };
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
function kubeProxyConfiguration(kubeconfig: string) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig },
    clusterCIDR: POD_RANGE,
    hostnameOverride: NODE_NAME,
    healthzBindAddress: HEALTH,
    metricsBindAddress: '127.0.0.1:10249',
    oomScoreAdj: 0,
    // These settings are for the whole machine. Zero leaves them unchanged.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
