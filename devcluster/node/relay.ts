import { connect, type Server, type Socket } from 'node:net';

/**
 * Passes connections on. The listening socket belongs to the machine's network, where its maker is, the connections from here to
 * the node's.
 */
export function relay(server: Server, host: string, port: number): void {
  server.on('connection', (outside) => {
    const inside = connect(port, host);
    join(outside, inside);
    join(inside, outside);
  });
}

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
