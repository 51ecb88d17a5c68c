import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Credential } from '../../devcluster/control-plane/certificates.ts';
import { portOf } from '../../devcluster/control-plane/port-of.ts';
import { API_SERVICE_ADDRESS, NODE_ADDRESS, POD_RANGE } from '../../devcluster/node/network.ts';
import { suffer } from '../support/fault.ts';
import { inNode } from './in-node.ts';
import { listenInNode } from './listen-in-node.ts';
import { shortenLife } from './shorten-life.ts';

const TABLE = 'pods-api-server';

/** What was asked for, and what the API server answered. */
export interface Answer {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The API server as pods find it behind Service `kubernetes`: the real one, but that tokens end sooner. */
export interface PodsApiServer {
  readonly answers: readonly Answer[];
  /** From now on it proves itself by this certificate. */
  present(credential: Credential): void;
  stop(): Promise<void>;
}

/**
 * Stands between the pods and the API server, which grants no token of less than ten minutes. It has the API server's own certificate
 * and signs with its key, so that nobody can tell.
 *
 * @param lifeSeconds how long tokens are to last that pods ask for
 */
export async function startPodsApiServer(lifeSeconds: number): Promise<PodsApiServer> {
  const { folder } = inject('node');
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  const key = createPrivateKey(await read('service-account.key'));
  const answers: Answer[] = [];
  const server = createServer(
    { cert: await read('kube-apiserver.crt'), key: await read('kube-apiserver.key') },
    (incoming, outgoing) => void passOn(incoming, outgoing, lifeSeconds, key, answers),
  );
  const inside = await listenInNode();
  const sockets = new Set<Socket>();
  inside.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // a pod that ends leaves as it likes
    server.emit('connection', socket);
  });
  await leadPodsTo(inside);
  return {
    answers,
    present: ({ certificate, key }) => server.setSecureContext({ cert: certificate, key }),
    stop: async () => {
      await inNode('nft', 'delete', 'table', 'ip', TABLE);
      inside.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

async function passOn(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  lifeSeconds: number,
  key: KeyObject,
  answers: Answer[],
): Promise<void> {
  const { host, port, ca } = inject('node');
  const { method = '', url: path = '' } = incoming;
  const grants = method === 'POST' && path.endsWith('/token');
  try {
    await suffer(
      grants ? { kind: 'rewrite', answer: (text) => shortenLife(text, lifeSeconds, key) } : { kind: 'pass' },
      {
        incoming,
        outgoing,
        upstream: { host, port, ca },
        reset: () => incoming.socket.destroy(),
        onAnswer: (status) => void answers.push({ at: Date.now(), method, path, status }),
        headers: {},
      },
    );
  } catch {
    incoming.socket.destroy(); // as between the two real ones: who is left finds the connection ended
  }
}

/** Before kube-proxy would lead them to the real one. */
async function leadPodsTo(server: Server): Promise<void> {
  const ruleset = `table ip ${TABLE} {
    chain prerouting {
      type nat hook prerouting priority dstnat - 1;
      ip saddr ${POD_RANGE} ip daddr ${API_SERVICE_ADDRESS} tcp dport 443 dnat to ${NODE_ADDRESS}:${portOf(server)}
    }
  }`;
  await inNode('nft', ruleset);
}
