import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject, onTestFinished } from 'vitest';
import { writeCertificates } from '../cluster/certificates.ts';

/** What happens to a request on its way: `pass` takes it to the real API server. */
export type Fault =
  | { readonly kind: 'pass'; readonly before?: () => Promise<unknown> }
  /** The answer arrives as another. */
  | { readonly kind: 'rewrite'; readonly answer: (text: string) => string }
  /** The server does the work, but the answer never arrives. */
  | { readonly kind: 'lose answer' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

export interface FaultProxy {
  readonly env: Readonly<Record<string, string>>;
  /** PEM of the authority that vouches for the proxy. */
  readonly ca: string;
  /** `METHOD path` of each request that came. */
  readonly requests: readonly string[];
}

/** Stands between the program and the real API server, with a certificate of its own; ends with the test. */
export async function startFaultProxy(
  decide: (method: string, count: number, url: string) => Fault,
): Promise<FaultProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'fault-proxy-'));
  const { ca, server: credential } = await writeCertificates(folder, ['127.0.0.1'], ['localhost']);
  await rm(folder, { recursive: true });
  const upstream = inject('controlPlane');
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ key: credential.key, cert: credential.certificate }, (incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = decide(incoming.method ?? '', requests.length, incoming.url ?? '');
    // A TLS socket cannot send a reset; the connection below it can.
    const reset = () =>
      [...sockets].find(({ remotePort }) => remotePort === incoming.socket.remotePort)?.resetAndDestroy();
    const { host, port, ca } = upstream;
    void suffer(fault, incoming, outgoing, { host, port, ca }, reset);
  });
  server.on('connection', (connection) => {
    const socket = connection as Socket;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) },
    ca,
    requests,
  };
}

async function suffer(
  fault: Fault,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: RequestOptions,
  reset: () => void,
): Promise<void> {
  switch (fault.kind) {
    case 'stall':
      return;
    case 'reset':
      reset();
      return;
    case 'answer':
      outgoing.writeHead(fault.status, { 'content-type': 'application/json' }).end(fault.body);
      return;
    case 'lose answer': {
      const answer = await forward(incoming, upstream);
      answer.resume();
      await once(answer, 'end');
      reset();
      return;
    }
    case 'rewrite': {
      const answer = await forward(incoming, upstream);
      const body = fault.answer(await text(answer));
      outgoing.writeHead(answer.statusCode ?? 0, { 'content-type': 'application/json' }).end(body);
      return;
    }
    case 'pass': {
      await fault.before?.();
      const answer = await forward(incoming, upstream);
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    }
  }
}

async function forward(incoming: IncomingMessage, upstream: RequestOptions): Promise<IncomingMessage> {
  const { method, url, headers } = incoming;
  const onward = request({ ...upstream, method, path: url, headers });
  incoming.pipe(onward);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return answer;
}
