import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesBinary } from '../builds/kubernetes.ts';
import type { ReleaseName } from '../builds/kubernetes-releases.ts';
import type { Progress } from '../progress.ts';
import { type AdminGet, adminClient } from './admin-client.ts';
import { type Certificates, writeCertificates } from './certificates.ts';
import { componentError, type RunningComponent, startComponent } from './component.ts';
import type { ControlPlaneFacts } from './control-plane.ts';
import { etcd } from './etcd.ts';
import { API_ADDRESSES, API_HOST, API_NAMES, freePort, kubeApiServer, lostPort } from './kube-apiserver.ts';
import {
  kubeControllerManager,
  NAMESPACE_CONTROLLERS,
  WORKLOAD_CONTROLLERS,
} from './kube-controller-manager.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Launched } from './run-supervisor.ts';

const START_DEADLINE_MS = 60_000;
const PORT_ATTEMPTS = 5;

/** A folder with a short path for sockets. TMPDIR may have a long path. */
const SOCKETS = '/tmp';

export interface LaunchOptions {
  readonly release: ReleaseName;
  readonly controllers: boolean;
  readonly workloads: boolean;
}

/** Starts the components in a new temporary folder. If that fails, everything is removed. */
export async function launch(
  options: LaunchOptions,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Launched<ControlPlaneFacts>> {
  const binaries = await findBinaries(options, onProgress, signal);
  const folder = await mkdtemp(join(tmpdir(), 'cdk8s-multisite-'));
  const socketFolder = await mkdtemp(join(SOCKETS, 'cdk8s-multisite-etcd-'));
  const etcdSocket = join(socketFolder, 'etcd.sock');
  const running: RunningComponent[] = [];
  const stop = async () => {
    for (const component of running.toReversed()) {
      await component.stop();
    }
    await rm(socketFolder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_DEADLINE_MS)]);
    const certificates = await writeCertificates(folder, API_ADDRESSES, API_NAMES);
    running.push(await startComponent(etcd(binaries.etcd, folder, etcdSocket), folder, deadline));
    const api = await startApiServer(binaries.apiServer, folder, etcdSocket, certificates, deadline);
    running.push(api.component);
    const facts = await describe(api, folder, etcdSocket, certificates, deadline);
    if (binaries.controllerManager !== undefined) {
      const { kubeconfig } = facts;
      const controllers = [...NAMESPACE_CONTROLLERS, ...(options.workloads ? WORKLOAD_CONTROLLERS : [])];
      const ownAccounts = options.workloads;
      const manager = { kubeconfig, certificates, get: api.get, controllers, ownAccounts };
      const component = kubeControllerManager(binaries.controllerManager, manager);
      running.push(await startComponent(component, folder, deadline));
    }
    const failed = Promise.race(
      running.map(async ({ name, ended }) => componentError(name, await ended, folder)),
    );
    return { facts, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Binaries {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string | undefined;
}

async function findBinaries(
  { release, controllers, workloads }: LaunchOptions,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Binaries> {
  return {
    etcd: await kubernetesBinary('etcd', onProgress, signal),
    apiServer: await kubernetesBinary('kube-apiserver', onProgress, signal, release),
    controllerManager:
      controllers || workloads
        ? await kubernetesBinary('kube-controller-manager', onProgress, signal)
        : undefined,
  };
}

interface ApiServer {
  readonly component: RunningComponent;
  readonly port: number;
  readonly get: AdminGet;
}

async function startApiServer(
  command: string,
  folder: string,
  etcdSocket: string,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<ApiServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const get = adminClient(API_HOST, port, certificates);
    const options = { port, folder, etcdSocket, certificates, get };
    try {
      return { component: await startComponent(kubeApiServer(command, options), folder, signal), port, get };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !lostPort(error)) {
        throw error;
      }
    }
  }
}

async function describe(
  { port, get }: ApiServer,
  folder: string,
  etcdSocket: string,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<ControlPlaneFacts> {
  const url = `https://${API_HOST}:${port}`;
  const kubeconfig = join(folder, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfig, url, certificates.ca, certificates.admin);
  const version: { gitVersion: string } = JSON.parse((await get('/version', signal)).body);
  return {
    host: API_HOST,
    port,
    url,
    ca: certificates.ca,
    caFile: certificates.caFile,
    kubeconfig,
    version: version.gitVersion,
    folder,
    etcdSocket,
  };
}
