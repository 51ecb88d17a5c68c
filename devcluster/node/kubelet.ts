import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from '../control-plane/component.ts';
import { CONTAINERD_SOCKET } from './containerd.ts';
import { httpOk } from './http-ok.ts';
import { NODE_ADDRESS, NODE_NAME } from './network.ts';
import { NODE_PATH } from './node-path.ts';

/** The folder of manifests of static pods, in the node's own /var/lib. */
export const MANIFEST_FOLDER = '/var/lib/kubelet/manifests';

const HEALTH_PORT = 10248;

/** Pods must run and stay, even if the machine's disk is nearly full. */
const EVICT_LATE = {
  'memory.available': '100Mi',
  'nodefs.available': '1%',
  'nodefs.inodesFree': '1%',
  'imagefs.available': '1%',
  'imagefs.inodesFree': '1%',
};

export interface KubeletOptions {
  readonly folder: string;
  /** The path of the node's kubeconfig. */
  readonly kubeconfig: string;
  /** The path of the CA certificate for its clients. */
  readonly caFile: string;
  /** The name of its cgroup, which exists in every hierarchy. */
  readonly cgroup: string;
}

export async function kubelet(command: string, options: KubeletOptions): Promise<Component> {
  const configuration = join(options.folder, 'kubelet.json');
  await mkdir(MANIFEST_FOLDER, { recursive: true });
  await writeFile(configuration, JSON.stringify(kubeletConfiguration(options)));
  return {
    name: 'kubelet',
    command,
    args: [
      `--config=${configuration}`,
      `--kubeconfig=${options.kubeconfig}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
      '--cert-dir=/var/lib/kubelet/pki',
    ],
    env: { PATH: NODE_PATH },
    isReady: (signal) => httpOk(`http://127.0.0.1:${HEALTH_PORT}/healthz`, signal),
  };
}

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubeletConfiguration({ folder, caFile, cgroup }: KubeletOptions) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_ADDRESS,
    healthzBindAddress: '127.0.0.1',
    healthzPort: HEALTH_PORT,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: caFile },
    },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // The limit of open files for a process in a container.
    maxOpenFiles: 20_000,
    oomScoreAdj: 0,
    evictionHard: EVICT_LATE,
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Pods get changes of ConfigMaps and tokens soon, instead of within a minute.
    syncFrequency: '1s',
    // The file that isolate.sh wrote. The machine's own file may be a link into /run, which is empty here.
    resolvConf: join(folder, 'resolv.conf'),
    clusterDomain: 'cluster.local',
    // No DNS server has this address. Without an address, the kubelet creates an event at each sync of a pod, until its
    // events are rate-limited.
    clusterDNS: ['127.0.0.1'],
    staticPodPath: MANIFEST_FOLDER,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
  };
}
