import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from '../../devcluster/control-plane/port-of.ts';

/**
 * A SOCKS 5 proxy without authentication (RFC 1928), all of whose tunnels lead to this machine; ends with the test.
 *
 * @returns its port
 */
export async function startSocksProxy(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(async (socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    await once(socket, 'data');
    socket.write(Buffer.from([5, 0]));
    const [asked] = (await once(socket, 'data')) as [Buffer];
    // The port comes last, whatever kind of address is before it.
    const onward = connect(asked.readUInt16BE(asked.length - 2), '127.0.0.1', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward.on('error', () => socket.destroy()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  return portOf(server);
}
