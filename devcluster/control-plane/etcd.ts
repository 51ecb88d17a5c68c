import { request } from 'node:http';
import { join } from 'node:path';
import type { Component } from './component.ts';

/** Where etcd serves its clients: a unix socket in its folder, so that no port can be taken by another. */
export function etcdSocket(folder: string): string {
  return join(folder, 'etcd.sock');
}

/** etcd with its data in `folder`; what it has not yet written is lost with the machine, which is no loss. */
export function etcd(command: string, folder: string): Component {
  // A single member is never called at the address it must advertise.
  const advertised = 'http://localhost:1';
  const socket = etcdSocket(folder);
  return {
    name: 'etcd',
    command,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=unix://${socket}`,
      `--advertise-client-urls=${advertised}`,
      '--listen-peer-urls=http://127.0.0.1:0',
      `--initial-advertise-peer-urls=${advertised}`,
      `--initial-cluster=default=${advertised}`,
    ],
    isReady: (signal) => respondsOk(socket, '/readyz', signal),
  };
}

function respondsOk(socketPath: string, path: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path, signal, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
