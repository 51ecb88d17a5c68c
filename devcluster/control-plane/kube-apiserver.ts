import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type AdminGet, isThere } from './admin-client.ts';
import type { Certificates } from './certificates.ts';
import { type Component, ComponentError } from './component.ts';
import { portOf } from './port-of.ts';

export const API_HOST = '127.0.0.1';

/** The addresses of the API server: on this machine, and of the Service `kubernetes`. */
export const API_ADDRESSES = [API_HOST, '10.0.0.1'];
export const API_NAMES = ['localhost', 'kubernetes.default.svc'];

/** The network between an API server and its cluster. */
export interface ApiNetwork {
  readonly bindAddress: string;
  readonly serviceRange: string;
  /** Flags for the kubelets and controllers of a whole cluster. */
  readonly flags: readonly string[];
}

/** Loopback: only programs of this machine can connect. */
export const LOOPBACK: ApiNetwork = {
  bindAddress: API_HOST,
  serviceRange: '10.0.0.0/24',
  flags: [
    `--advertise-address=${API_HOST}`,
    // The Service `kubernetes` must not point to loopback. Since 1.37, the API server does not start if it would.
    '--endpoint-reconciler-type=none',
    '--authorization-mode=RBAC',
  ],
};

export interface ApiServerOptions {
  readonly port: number;
  readonly folder: string;
  readonly etcdSocket: string;
  readonly certificates: Certificates;
  readonly get: AdminGet;
  /** @default LOOPBACK */
  readonly network?: ApiNetwork;
}

export function kubeApiServer(command: string, options: ApiServerOptions): Component {
  const { port, folder, etcdSocket, certificates, get, network = LOOPBACK } = options;
  return {
    name: 'kube-apiserver',
    command,
    args: [
      `--etcd-servers=unix://${etcdSocket}`,
      `--bind-address=${network.bindAddress}`,
      `--secure-port=${port}`,
      `--service-cluster-ip-range=${network.serviceRange}`,
      `--cert-dir=${join(folder, 'kube-apiserver')}`,
      `--tls-cert-file=${certificates.server.certificateFile}`,
      `--tls-private-key-file=${certificates.server.keyFile}`,
      `--client-ca-file=${certificates.caFile}`,
      `--service-account-key-file=${certificates.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${certificates.serviceAccountKeyFile}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      // Real clusters have this flag. Without it, the API server refuses privileged containers.
      '--allow-privileged=true',
      ...network.flags,
    ],
    // The API server creates namespace `default` only a moment after /readyz, and all tests need this namespace.
    isReady: async (signal) =>
      (await isThere(get, '/readyz', signal)) && (await isThere(get, '/api/v1/namespaces/default', signal)),
  };
}

/** A port on which nothing listens now. Another program may use it before we do: see {@link lostPort}. */
export async function freePort(host = API_HOST): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const port = portOf(server);
  await once(server.close(), 'close');
  return port;
}

/** Whether the API server failed because another program used its port first. */
export function lostPort(error: unknown): boolean {
  return error instanceof ComponentError && error.log.includes('address already in use');
}
