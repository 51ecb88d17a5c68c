import { once } from 'node:events';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { portOf } from '../../../devcluster/control-plane/port-of.ts';
import { systemClock } from '../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { createTransport } from '../../../runtime/kube/transport.ts';
import { createAuthority, issueServer } from '../../support/pki.ts';
import { unaborted } from '../../support/unaborted.ts';

/** Sends a request to a server whose certificate has certain names, and tells which name it asked for. */
async function nameAskedFor(names: Parameters<typeof issueServer>[2], tlsServerName: string) {
  const authority = await createAuthority('authority');
  const { key, certificate } = await issueServer(authority, 'server', names);
  const server = createServer({ key, cert: certificate }, (_, answer) => void answer.end('{}'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const asked = new Promise<string | false | null>((resolve) => {
    server.on('secureConnection', (socket: TLSSocket) => resolve(socket.servername));
  });
  const address = { ...apiServerAt('127.0.0.1', portOf(server), authority.certificate), tlsServerName };
  const transport = createTransport(() => bearerConnection(address, 'token'), 'test', systemClock);
  onTestFinished(() => transport.close());
  await transport.send({ method: 'GET', path: '/' }, unaborted);
  return asked;
}

test('a server is asked for the name that its certificate has to have', async () => {
  expect(await nameAskedFor({ dns: ['server.example'] }, 'server.example')).toBe('server.example');
});

test('an address is asked for by no name, and the certificate has to have it', async () => {
  expect(await nameAskedFor({ ip: ['192.0.2.1'] }, '192.0.2.1')).toBe(false);
  await expect(nameAskedFor({ ip: ['127.0.0.1'] }, '192.0.2.1')).rejects.toThrow(/ALTNAME/);
});
