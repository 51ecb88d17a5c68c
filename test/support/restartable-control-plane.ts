import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { adminClient } from '../../devcluster/control-plane/admin-client.ts';
import { writeCertificates } from '../../devcluster/control-plane/certificates.ts';
import { startComponent } from '../../devcluster/control-plane/component.ts';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { etcd } from '../../devcluster/control-plane/etcd.ts';
import {
  API_ADDRESSES,
  API_HOST,
  API_NAMES,
  freePort,
  kubeApiServer,
  LOOPBACK,
} from '../../devcluster/control-plane/kube-apiserver.ts';
import { kubeControllerManager } from '../../devcluster/control-plane/kube-controller-manager.ts';
import { writeKubeconfig } from '../../devcluster/control-plane/kubeconfig.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_DEADLINE_MS = 60_000;

/** A control plane of the test alone, whose API server can be restarted. It ends with the test. */
export interface RestartableControlPlane {
  readonly facts: ControlPlaneFacts;
  /** Kills the API server and starts it again on its port. With SIGTERM, an open watch would keep it alive for a minute. */
  restartApiServer(): Promise<void>;
  /** Drops the history in etcd. After a restart, the API server then answers older watches with 410. */
  compact(): Promise<void>;
}

export interface RestartableOptions {
  /** Flags besides those of every control plane. */
  readonly apiServerFlags?: readonly string[];
  /** The names of the controllers that run. @default - none, and no kube-controller-manager */
  readonly controllers?: readonly string[];
}

export async function startRestartableControlPlane({
  apiServerFlags = [],
  controllers = [],
}: RestartableOptions = {}): Promise<RestartableControlPlane> {
  const [etcdBinary, apiServerBinary] = [
    await kubernetesBinary('etcd'),
    await kubernetesBinary('kube-apiserver'),
  ];
  const folder = await temporaryFolder();
  const etcdSocket = join(folder, 'etcd.sock');
  const certificates = await writeCertificates(folder, API_ADDRESSES, API_NAMES);
  const port = await freePort();
  const get = adminClient(API_HOST, port, certificates);
  const network = { ...LOOPBACK, flags: [...LOOPBACK.flags, ...apiServerFlags] };
  const deadline = () => AbortSignal.timeout(START_DEADLINE_MS);
  const startApiServer = () =>
    startComponent(
      kubeApiServer(apiServerBinary, { port, folder, etcdSocket, certificates, get, network }),
      folder,
      deadline(),
    );

  const store = await startComponent(etcd(etcdBinary, folder, etcdSocket), folder, deadline());
  onTestFinished(() => store.stop());
  let apiServer = await startApiServer();
  onTestFinished(() => apiServer.stop());
  const url = `https://${API_HOST}:${port}`;
  const kubeconfig = join(folder, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfig, url, certificates.ca, certificates.admin);
  if (controllers.length > 0) {
    const command = await kubernetesBinary('kube-controller-manager');
    const manager = kubeControllerManager(command, { kubeconfig, certificates, get, controllers });
    const running = await startComponent(manager, folder, deadline());
    onTestFinished(() => running.stop());
  }
  const { gitVersion } = JSON.parse((await get('/version', deadline())).body) as { gitVersion: string };
  return {
    facts: {
      host: API_HOST,
      port,
      url,
      ca: certificates.ca,
      caFile: certificates.caFile,
      kubeconfig,
      version: gitVersion,
      folder,
      etcdSocket,
    },
    restartApiServer: async () => {
      await apiServer.stop();
      apiServer = await startApiServer();
    },
    compact: async () => {
      const { header } = await callEtcd(etcdSocket, '/v3/maintenance/status', {});
      await callEtcd(etcdSocket, '/v3/kv/compaction', { revision: header.revision, physical: true });
    },
  };
}

/** https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/ */
async function callEtcd(
  socketPath: string,
  path: string,
  body: object,
): Promise<{ readonly header: { readonly revision: string } }> {
  const { promise, resolve, reject } = Promise.withResolvers<never>();
  request({ socketPath, path, method: 'POST' }, async (response) => {
    const answer = await json(response);
    if (response.statusCode === 200) {
      resolve(answer as never);
    } else {
      reject(new Error(`etcd ${path}: ${response.statusCode} ${JSON.stringify(answer)}`));
    }
  })
    .on('error', reject)
    .end(JSON.stringify(body));
  return promise;
}
