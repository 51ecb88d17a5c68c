import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { createServer as createProxy, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { portOf } from '../../../devcluster/control-plane/port-of.ts';
import { systemClock } from '../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { explainError } from '../../../runtime/kube/explain.ts';
import { proxiedConnection, proxyAgent } from '../../../runtime/kube/proxy-agent.ts';
import { createTransport } from '../../../runtime/kube/transport.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { createAuthority, issueServer, type KeyPair } from '../../support/pki.ts';
import { startSocksProxy } from '../../support/socks-proxy.ts';
import { unaborted } from '../../support/unaborted.ts';

describe('a proxy that cannot be used', () => {
  const server = { ...apiServerAt('192.0.2.1', 6443, ''), url: 'https://192.0.2.1:6443' };

  test.each([
    'x',
    'hush:3128',
    'http://me:hush@:3128',
    'http://me:hush%zz@192.0.2.2',
    'ftp://me:hush@192.0.2.2',
  ])('is explained, and its URL is not repeated: %s', async (proxyUrl) => {
    const error = await proxiedConnection({ ...server, proxyUrl }, 'token')().catch((reason) => reason);
    expect(error).toMatchObject({ name: 'ProxyUrlError', retryWhen: 'never' });
    const { kind, message, hint } = explainError(error) ?? {};
    expect(kind).toBe('unreachable');
    expect(message).toBe(
      'the "proxy-url" of the cluster at https://192.0.2.1:6443 is not a URL of http, https or socks5',
    );
    expect(`${message}${hint}`).not.toContain('hush');
  });
});

describe('a proxy of HTTP', () => {
  test('that opens no tunnel is left within the limit, although the request has ended', async () => {
    const proxy = createProxy();
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void proxy.close());
    const connected = once(proxy, 'connection') as Promise<[Socket]>;
    const url = 'https://192.0.2.1';
    const cluster = { server: url, 'proxy-url': `http://127.0.0.1:${portOf(proxy)}` };
    const agent = await proxyAgent(cluster, 100)();
    const outgoing = request(url, { agent }).on('error', () => {});
    const [socket] = await connected;
    const closed = once(socket.resume(), 'close');
    outgoing.destroy();
    await closed;
  });
});

describe.each([
  ['HTTP', async () => `http://127.0.0.1:${(await startConnectProxy()).port}`],
  ['SOCKS', async () => `socks5://127.0.0.1:${await startSocksProxy()}`],
])('a server behind a proxy of %s', (_, startProxy) => {
  /** Sends a request to a server at this machine by a name of it. */
  async function ask({ key, certificate }: KeyPair, host: string, ca: string): Promise<unknown> {
    const server = createServer({ key, cert: certificate }, (_, answer) => void answer.end('{}'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const address = { ...apiServerAt(host, portOf(server), ca), proxyUrl: await startProxy() };
    const transport = createTransport(proxiedConnection(address, 'token'), 'test', systemClock);
    onTestFinished(() => transport.close());
    return transport.send({ method: 'GET', path: '/' }, unaborted);
  }

  test('may be signed by the second of two authorities of one name', async () => {
    const [first, second] = [
      await createAuthority('twin', { keyIdentifiers: false }),
      await createAuthority('twin', { keyIdentifiers: false }),
    ];
    const server = await issueServer(second, 'server', { ip: ['127.0.0.1'] });
    const ca = `${first.certificate}\n${second.certificate}`;
    expect(await ask(server, '127.0.0.1', ca)).toEqual({});
  });

  test.each([
    ['localhost', { dns: ['localhost'] }, { ip: ['127.0.0.1'] }],
    ['127.0.0.1', { ip: ['127.0.0.1'] }, { dns: ['localhost'] }],
  ])('needs its name %s among the alternative ones of its certificate', async (host, right, wrong) => {
    const authority = await createAuthority('authority');
    const named = await issueServer(authority, 'server', right);
    expect(await ask(named, host, authority.certificate)).toEqual({});
    const unnamed = await issueServer(authority, host, wrong);
    await expect(ask(unnamed, host, authority.certificate)).rejects.toThrow(/ALTNAME/);
  });
});
