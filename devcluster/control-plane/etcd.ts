import { request } from 'node:http';
import { join } from 'node:path';
import type { Component } from './component.ts';

/**
 * etcd with its data in `folder`. It does not sync to disk, because the data may be lost with the machine.
 *
 * @param socket the path of a unix socket for its clients. A port could be used by another program. unix(7) allows at
 *   most 107 bytes, so the path is not in `folder`, whose path may be long
 */
export function etcd(command: string, folder: string, socket: string): Component {
  // A single member must advertise an address, but nothing connects to it.
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
