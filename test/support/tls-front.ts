import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { inject, onTestFinished } from 'vitest';
import { writeCertificates } from '../../devcluster/control-plane/certificates.ts';
import { portOf } from '../../devcluster/control-plane/port-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A second address of an API server, with an authority of its own. */
export interface Front {
  readonly url: string;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly caFile: string;
  /** How many connections came so far. */
  readonly connections: () => number;
}

/** Listens at an address of this machine; ends with the test. */
export async function startFront(
  host: string,
  serve: (socket: TLSSocket) => void = passOnTo(inject('controlPlane')),
): Promise<Front> {
  const { ca, caFile, server } = await writeCertificates(await temporaryFolder(), [host], []);
  return { ...(await startFrontWith(server, host, serve)), ca, caFile };
}

/** The same with a certificate, or a chain of them, from elsewhere. */
export async function startFrontWith(
  credential: { readonly certificate: string; readonly key: string },
  host: string,
  serve: (socket: TLSSocket) => void = passOnTo(inject('controlPlane')),
): Promise<Pick<Front, 'url' | 'port' | 'connections'>> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ key: credential.key, cert: credential.certificate }, (socket) => {
    connections += 1;
    serve(socket);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, host), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  const port = portOf(server);
  const url = `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return { url, port, connections: () => connections };
}

/** Takes what is said to an API server, byte for byte unless it is changed on the way. */
export function passOnTo(
  upstream: { readonly host: string; readonly port: number; readonly ca: string },
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
): (socket: TLSSocket) => void {
  return (socket) => {
    const { host, port, ca } = upstream;
    const onward = connect({ host, port, ca, servername: '' });
    socket.on('data', (bytes: Buffer) => onward.write(change(bytes)));
    socket.on('close', () => onward.destroy());
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    onward.pipe(socket);
  };
}

/** An address of this machine that others could reach, as readers of a kubeconfig do: what is sent there stays here. */
export function outerAddress(): string {
  const outer = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (!outer) {
    throw new Error(
      'This machine has no IPv4 address but loopback, which --server refuses: connect it to any network.',
    );
  }
  return outer.address;
}
