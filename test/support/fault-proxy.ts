import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { writeCertificates } from '../../devcluster/control-plane/certificates.ts';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { portOf } from '../../devcluster/control-plane/port-of.ts';
import { type Fault, suffer } from './fault.ts';

export type { Fault } from './fault.ts';

/** What happens to a connection before anything is said over it. */
export type ConnectionFault = 'none' | 'reset' | 'silence' | 'not TLS';

export interface FaultProxy {
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** PEM of the authority that vouches for the proxy. */
  readonly ca: string;
  /** `METHOD path` of each request that came. */
  readonly requests: readonly string[];
  /** What the real API server answered, as in `200 PATCH path`. */
  readonly answers: readonly string[];
  /** From now on connections are refused, while those that are there stay. */
  closePort(): void;
  openPort(): Promise<void>;
  /** Resolves when nothing is on its way any more, to the server or back. */
  settled(): Promise<unknown>;
}

export interface FaultProxyOptions {
  /** What happens to the connection of this number, from 1. */
  readonly connection?: (count: number) => ConnectionFault;
  /** So that the connections are as many as the requests. */
  readonly closesAfterAnswer?: boolean;
  /** The API server behind it. @default - the one that all tests of the run share */
  readonly upstream?: ControlPlaneFacts;
}

/** Stands between the program and the real API server, with a certificate of its own; ends with the test. */
export async function startFaultProxy(
  decide: (method: string, count: number, url: string) => Fault,
  {
    connection = () => 'none',
    closesAfterAnswer = false,
    upstream: { host, port: upstreamPort, ca: upstreamCa } = inject('controlPlane'),
  }: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'fault-proxy-'));
  const { ca, server: credential } = await writeCertificates(folder, ['127.0.0.1'], ['localhost']);
  await rm(folder, { recursive: true });
  const requests: string[] = [];
  const answers: string[] = [];
  const passages = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const https = createHttpsServer({ key: credential.key, cert: credential.certificate });
  https.on('request', (incoming, outgoing) => {
    const name = `${incoming.method} ${incoming.url}`;
    requests.push(name);
    const fault = decide(incoming.method ?? '', requests.length, incoming.url ?? '');
    const passage = suffer(fault, {
      incoming,
      outgoing,
      upstream: { host, port: upstreamPort, ca: upstreamCa },
      // A TLS socket cannot send a reset; the connection below it can.
      reset: () =>
        [...sockets].find(({ remotePort }) => remotePort === incoming.socket.remotePort)?.resetAndDestroy(),
      onAnswer: (status) => void answers.push(`${status} ${name}`),
      headers: closesAfterAnswer ? { connection: 'close' } : {},
    }).catch((error: unknown) => {
      // Whoever asked may have left.
      if (!incoming.socket.destroyed) {
        throw error;
      }
    });
    passages.add(passage);
    void passage.finally(() => passages.delete(passage));
  });
  let connections = 0;
  const accept = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The program that leaves is none of the proxy's errors.
    socket.on('error', () => {});
    const fault = connection(connections);
    if (fault === 'none') {
      https.emit('connection', socket);
    }
    if (fault === 'reset') {
      socket.resetAndDestroy();
    }
    if (fault === 'not TLS') {
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    }
  };
  let front = createServer(accept);
  await once(front.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    front.close();
  });
  const port = portOf(front);
  return {
    env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) },
    port,
    ca,
    requests,
    answers,
    closePort: () => void front.close(),
    openPort: async () => {
      front = createServer(accept);
      await once(front.listen(port, '127.0.0.1'), 'listening');
    },
    settled: () => Promise.all(passages),
  };
}
