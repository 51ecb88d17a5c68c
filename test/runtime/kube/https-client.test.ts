import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from '../../../devcluster/control-plane/port-of.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { createHttpsClient } from '../../../runtime/kube/https-client.ts';
import { unaborted } from '../../support/unaborted.ts';

test('a request whose headers cannot be sent fails alone: its connection may end later', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const uncaught = vi.fn();
  process.on('uncaughtException', uncaught);
  onTestFinished(() => void process.off('uncaughtException', uncaught));
  const client = createHttpsClient();
  const request = {
    name: 'GET /',
    connection: bearerConnection(apiServerAt('127.0.0.1', portOf(server), '')),
    method: 'GET',
    path: '/',
    headers: { 'x-header': 'a\n' },
    body: undefined,
  };
  await expect(client.exchange(request, unaborted)).rejects.toThrow(/Invalid character in header/);
  const [socket] = await connected;
  const closed = once(socket.resume(), 'close');
  client.close();
  await closed;
  expect(uncaught).not.toHaveBeenCalled();
});
