import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { portOf } from '../../../../devcluster/control-plane/port-of.ts';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Somewhere that nobody has any business to go to. */
async function startTrap() {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${portOf(server)}`, connections: () => connections };
}

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  test.each(['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'PROXY', 'npm_config_https_proxy'])(
    'obeys no %s, in capitals or not',
    async (name) => {
      const trap = await startTrap();
      const site = await createSite();
      for (const variable of [name.toUpperCase(), name.toLowerCase()]) {
        const url = `http://${trap.address}`;
        const more = { NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' };
        for (const env of [{ [variable]: url }, { [variable]: url, ...more }]) {
          expect(await site.run(engine, ['--timeout=5s'], env)).toMatchObject({ exitCode: 0 });
        }
      }
      expect(trap.connections()).toBe(0);
    },
  );

  describe('trusts no other authority, whatever is in', () => {
    test.each<[string, (caFile: string, folder: string) => Record<string, string>]>([
      ['NODE_TLS_REJECT_UNAUTHORIZED', () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
      ['NODE_EXTRA_CA_CERTS', (caFile) => ({ NODE_EXTRA_CA_CERTS: caFile })],
      ['SSL_CERT_FILE', (caFile) => ({ SSL_CERT_FILE: caFile, NODE_OPTIONS: '--use-openssl-ca' })],
      ['SSL_CERT_DIR', (_, folder) => ({ SSL_CERT_DIR: folder, NODE_OPTIONS: '--use-openssl-ca' })],
      ['NODE_USE_SYSTEM_CA', (caFile) => ({ NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: caFile })],
      ['NODE_OPTIONS', (caFile) => ({ NODE_OPTIONS: '--use-system-ca', SSL_CERT_FILE: caFile })],
      ['BUN_OPTIONS', (caFile) => ({ BUN_OPTIONS: '--use-system-ca', SSL_CERT_FILE: caFile })],
      ['CURL_CA_BUNDLE', (caFile) => ({ CURL_CA_BUNDLE: caFile, REQUESTS_CA_BUNDLE: caFile })],
    ])('%s', async (_, variables) => {
      const site = await createSite();
      const before = await site.configMap();
      const proxy = await startFaultProxy(() => ({ kind: 'pass' }));
      const folder = await temporaryFolder();
      const caFile = join(folder, 'other-ca.crt');
      await writeFile(caFile, proxy.ca);
      const env = variables(caFile, folder);

      const ended = await site.run(engine, [], { ...proxy.env, ...env });
      expectFailure(ended, 6, /the CA does not verify the server's certificate \(\w+\)/);
      expect(ended.stderr).not.toContain('trying again');
      expect(proxy.requests).toEqual([]);
      expect(await site.configMap()).toEqual(before);

      expect(await site.run(engine, [], env)).toMatchObject({ exitCode: 0 });
    });
  });

  test('trusts no other authority where no variable is set', async () => {
    const site = await createSite();
    const proxy = await startFaultProxy(() => ({ kind: 'pass' }));
    expectFailure(
      await site.run(engine, [], proxy.env),
      6,
      /the CA does not verify the server's certificate/,
    );
    expect(proxy.requests).toEqual([]);
  });

  // The run is searched for the token, as every one is.
  test.each([
    ['NODE_DEBUG', 'http,https,net,stream,tls'],
    ['BUN_CONFIG_VERBOSE_FETCH', 'curl'],
  ])('tells nobody the token with %s either', async (name, value) => {
    const site = await createSite();
    expect(await site.run(engine, [], { [name]: value })).toMatchObject({ exitCode: 0 });
    const { env, ca } = await startFaultProxy(() => ({ kind: 'answer', status: 500, body: '' }));
    await writeServiceAccount(site.directory, site.token, ca);
    expect(await site.run(engine, ['--timeout=500ms'], { ...env, [name]: value })).toMatchObject({
      exitCode: 6,
    });
  });

  test('follows no redirect', async () => {
    const trap = await startTrap();
    const site = await createSite();
    const proxy = await startFaultProxy(() => ({
      kind: 'answer',
      status: 302,
      headers: { location: `https://${trap.address}/` },
      body: '',
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    expectFailure(await site.run(engine, [], proxy.env), 6, /302\n.*something else answered in its place/);
    expect(trap.connections()).toBe(0);
  });
});
