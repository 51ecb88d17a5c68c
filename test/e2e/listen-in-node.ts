import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server } from 'node:net';
import { join } from 'node:path';
import { inject } from 'vitest';
import { NODE_ADDRESS } from '../../devcluster/node/network.ts';
import { followProcess } from '../support/follow-process.ts';

const LISTENING_SOCKET = join(import.meta.dirname, 'listening-socket.ts');

/** A server whose socket is in the node's network, where this process is not. */
export async function listenInNode(): Promise<Server> {
  const { pid } = inject('node');
  const command = [process.execPath, LISTENING_SOCKET, NODE_ADDRESS];
  const child = spawn('nsenter', [`--target=${pid}`, '--net', ...command], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const [, server]: unknown[] = await followProcess(child).whileRunning(once(child, 'message'));
  if (!(server instanceof Server)) {
    throw new Error('the process in the node handed over no socket');
  }
  return server;
}
