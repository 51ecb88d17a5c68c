import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from '../../devcluster/control-plane/port-of.ts';

/** Forwards connections to the API server, as they are. It ends with the test. */
export interface CuttableRelay {
  readonly port: number;
  /** Resets all connections. New connections are forwarded. */
  cut(): void;
  /** Resets all connections, and refuses new ones until `open`. */
  close(): void;
  open(): Promise<void>;
}

export async function startCuttableRelay(host: string, upstreamPort: number): Promise<CuttableRelay> {
  const sockets = new Set<Socket>();
  const accept = (outside: Socket) => {
    const inside = connect(upstreamPort, host);
    for (const [socket, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  };
  const listen = async (port: number) => {
    const listening = createServer(accept);
    await once(listening.listen(port, '127.0.0.1'), 'listening');
    return listening;
  };
  let server = await listen(0);
  const port = portOf(server);
  const cut = () => {
    for (const socket of sockets) {
      socket.resetAndDestroy();
    }
  };
  const close = () => {
    server.close();
    cut();
  };
  onTestFinished(close);
  return {
    port,
    cut,
    close,
    open: async () => {
      server = await listen(port);
    },
  };
}
