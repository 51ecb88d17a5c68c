import { request } from 'node:http';
import { join } from 'node:path';
import type { Component } from './component.ts';

/**
 * etcd with its data in `folder`; what it has not yet written is lost with the machine, which is no loss.
 *
 * @param socket where it serves its clients: a unix socket, since a port can be taken by another. unix(7) gives its path at most
 *   107 bytes, so that it is not in `folder`, which may lie deep
 */
export function etcd(command: string, folder: string, socket: string): Component {
  // A single member is never called at the address it must advertise.
  const advertised = 'http://localhost:1';
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
