import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { V1Node } from '@kubernetes/client-node';
import type { NodePrograms } from '../builds/node-programs.ts';
import { type AdminGet, adminClient } from '../control-plane/admin-client.ts';
import { type Certificates, type Credential, writeCertificates } from '../control-plane/certificates.ts';
import {
  type Component,
  componentError,
  type RunningComponent,
  startComponent,
} from '../control-plane/component.ts';
import type { ControlPlaneFacts } from '../control-plane/control-plane.ts';
import { etcd } from '../control-plane/etcd.ts';
import { API_HOST, API_NAMES, kubeApiServer } from '../control-plane/kube-apiserver.ts';
import { kubeControllerManager } from '../control-plane/kube-controller-manager.ts';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import type { Launched } from '../control-plane/run-supervisor.ts';
import { writeCniConfiguration } from './cni.ts';
import { containerd, ctr } from './containerd.ts';
import { kubeProxy } from './kube-proxy.ts';
import { kubeScheduler } from './kube-scheduler.ts';
import { kubelet } from './kubelet.ts';
import { API_PORT, API_SERVICE_ADDRESS, NODE_ADDRESS, NODE_NAME, nodeNetwork } from './network.ts';
import { relay } from './relay.ts';
import { startRestarted } from './restarted.ts';

const START_DEADLINE_MS = 120_000;
const POLL_MS = 50;

/** A path in the node's own /run, which is empty at first and is removed with the node. */
const ETCD_SOCKET = '/run/etcd.sock';

const API_ADDRESSES = [API_HOST, NODE_ADDRESS, API_SERVICE_ADDRESS];

/** The clients of the API server, with their names in RBAC. */
const CLIENTS = {
  kubelet: `O=system:nodes, CN=system:node:${NODE_NAME}`,
  'kube-proxy': 'CN=system:kube-proxy',
  'kube-scheduler': 'CN=system:kube-scheduler',
};

export interface LaunchNodeOptions {
  /** An empty folder for everything. */
  readonly folder: string;
  /** The name of the cgroup that isolate.sh made. */
  readonly cgroup: string;
  readonly programs: NodePrograms;
  readonly pauseImage: string;
  /** Paths of archives with the images that pods may run. */
  readonly imageArchives: readonly string[];
  /** The port of the API server on the machine's loopback. */
  readonly outsidePort: number;
}

/**
 * Starts a whole cluster of one node in the namespaces of this process. Everything that it leaves is removed with the
 * namespaces.
 */
export async function launchNode(
  options: LaunchNodeOptions,
  outside: Server,
  ending: AbortSignal,
): Promise<Launched<ControlPlaneFacts>> {
  const { folder, programs } = options;
  const deadline = AbortSignal.any([ending, AbortSignal.timeout(START_DEADLINE_MS)]);
  const running: RunningComponent[] = [];
  const start = async (component: Component | Promise<Component>, starter = startComponent) => {
    running.push(await starter(await component, folder, deadline));
  };
  const stop = async () => {
    outside.close(); // its connections end with the API server
    for (const component of running.toReversed()) {
      await component.stop();
    }
  };

  const certificates = await writeCertificates(folder, API_ADDRESSES, API_NAMES, CLIENTS);
  const get = adminClient(API_HOST, API_PORT, certificates);
  const kubeconfigs = await writeKubeconfigs(options, certificates);

  const startRuntime = async () => {
    const cniConfiguration = await writeCniConfiguration(folder);
    await start(
      containerd(programs.containerd, { ...options, ...programs, cniConfiguration }),
      startRestarted,
    );
    for (const archive of options.imageArchives) {
      await ctr(programs.ctr, 'images', 'import', archive);
    }
  };
  const startControlPlane = async () => {
    const api = { port: API_PORT, folder, etcdSocket: ETCD_SOCKET, certificates, get };
    await start(etcd(programs.etcd, folder, ETCD_SOCKET));
    await start(kubeApiServer(programs.apiServer, { ...api, network: nodeNetwork(certificates.admin) }));
    relay(outside, API_HOST, API_PORT);
  };
  const startNode = () => {
    const { caFile } = certificates;
    const manager = { kubeconfig: kubeconfigs.inside, certificates, get, controllers: ['*'] };
    return Promise.all([
      start(kubeControllerManager(programs.controllerManager, manager)),
      start(kubeScheduler(programs.scheduler, kubeconfigs.scheduler)),
      start(
        kubelet(programs.kubelet, { ...options, caFile, kubeconfig: kubeconfigs.kubelet }),
        startRestarted,
      ),
      start(kubeProxy(programs.kubeProxy, { folder, kubeconfig: kubeconfigs.proxy })),
    ]);
  };

  try {
    await Promise.all([startRuntime(), startControlPlane().then(startNode)]);
    await untilUsable(get, deadline);
    const version: { gitVersion: string } = JSON.parse((await get('/version', deadline)).body);
    const failed = Promise.race(
      running.map(async ({ name, ended }) => componentError(name, await ended, folder)),
    );
    const { ca, caFile } = certificates;
    const url = outsideUrl(options);
    const reached = { host: API_HOST, port: options.outsidePort, url, kubeconfig: kubeconfigs.outside };
    return {
      facts: { ...reached, ca, caFile, version: version.gitVersion, folder, etcdSocket: ETCD_SOCKET },
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Kubeconfigs {
  /** The admin's kubeconfig, for clients in the node's network. */
  readonly inside: string;
  /** The admin's kubeconfig, for clients on the machine. */
  readonly outside: string;
  readonly kubelet: string;
  readonly proxy: string;
  readonly scheduler: string;
}

async function writeKubeconfigs(
  options: LaunchNodeOptions,
  { ca, admin, clients }: Certificates,
): Promise<Kubeconfigs> {
  const write = async (name: string, server: string, client: Credential | undefined) => {
    if (client === undefined) {
      throw new Error(`there is no certificate for ${name}`);
    }
    const path = join(options.folder, `${name}.kubeconfig`);
    await writeKubeconfig(path, server, ca, client);
    return path;
  };
  const inside = `https://${NODE_ADDRESS}:${API_PORT}`;
  return {
    inside: await write('inside', inside, admin),
    outside: await write('admin', outsideUrl(options), admin),
    kubelet: await write('kubelet', inside, clients.get('kubelet')),
    proxy: await write('kube-proxy', inside, clients.get('kube-proxy')),
    scheduler: await write('kube-scheduler', inside, clients.get('kube-scheduler')),
  };
}

function outsideUrl({ outsidePort }: LaunchNodeOptions): string {
  return `https://${API_HOST}:${outsidePort}`;
}

/** Waits until the node has no taint. A taint keeps a Ready node free of pods for a moment. */
async function untilUsable(get: AdminGet, deadline: AbortSignal): Promise<void> {
  while (!(await isUsable(get, deadline))) {
    await setTimeout(POLL_MS, undefined, { signal: deadline });
  }
}

async function isUsable(get: AdminGet, signal: AbortSignal): Promise<boolean> {
  const { status, body } = await get(`/api/v1/nodes/${NODE_NAME}`, signal);
  if (status !== 200) {
    return false;
  }
  const node: V1Node = JSON.parse(body);
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && node.spec?.taints === undefined;
}
