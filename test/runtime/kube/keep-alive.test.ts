import { once } from 'node:events';
import { createServer } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { portOf } from '../../../devcluster/control-plane/port-of.ts';
import { systemClock } from '../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { createTransport } from '../../../runtime/kube/transport.ts';
import { createAuthority, issueServer } from '../../support/pki.ts';
import { unaborted } from '../../support/unaborted.ts';

test('requests to an IP address share a connection', async () => {
  const authority = await createAuthority('a');
  const { key, certificate } = await issueServer(authority, 'server', { ip: ['127.0.0.1'] });
  const server = createServer({ key, cert: certificate }, (_, answer) => void answer.end('{}'));
  let connections = 0;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = apiServerAt('127.0.0.1', portOf(server), authority.certificate);
  const transport = createTransport(() => bearerConnection(address, 'token'), 'test', systemClock);
  onTestFinished(() => transport.close());
  for (let i = 0; i < 3; i++) {
    await transport.send({ method: 'GET', path: '/' }, unaborted);
  }
  expect(connections).toBe(1);
});
