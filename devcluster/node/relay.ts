import { connect, type Server, type Socket } from 'node:net';

/**
 * Forwards connections. The listening socket is in the machine's network, where it was created. The connections from
 * here are in the node's network.
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
