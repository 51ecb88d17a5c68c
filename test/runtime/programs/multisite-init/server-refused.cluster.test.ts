import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../../../devcluster/control-plane/kube-apiserver.ts';
import { createAccount } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES, type Engine } from '../../../support/multisite-init.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { outerAddress, passOnTo, startFront } from '../../../support/tls-front.ts';

/** A server that says the same to everybody. */
function saying(status: string, body: string): (socket: TLSSocket) => void {
  return (socket) => {
    socket.on('data', () =>
      socket.end(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
    );
  };
}

describe.each(ENGINE_NAMES)('multisite-init on %s writes no address', (engine) => {
  let unchanged: (() => Promise<void>) | undefined;
  afterEach(async () => {
    if (!unchanged) {
      throw new Error('the test has no site to keep');
    }
    await unchanged();
    unchanged = undefined;
  });

  async function siteToKeep(): Promise<Site> {
    const site = await createSite();
    const before = await site.configMap();
    unchanged = async () => expect(await site.configMap()).toEqual(before);
    return site;
  }

  describe('that leads every reader to itself:', () => {
    test.each(['127.0.0.1', '127.1.2.3', '0.0.0.0', 'localhost', '[::1]', '[::]', '[::ffff:127.0.0.1]'])(
      '%s',
      async (host) => {
        const site = await siteToKeep();
        const { port, caFile } = inject('controlPlane');
        const ended = await site.run(engine, [`--server=https://${host}:${port}`, `--ca-file=${caFile}`]);
        expectFailure(
          ended,
          7,
          /--server https:.* is a loopback address.*every reader.*; nothing was changed\n/,
        );
        // It helps to know what a name has led to.
        if (host === 'localhost') {
          expect(ended.stderr).toMatch(/\(localhost is (127\.0\.0\.1|::1)\)/);
        }
      },
    );
  });

  test('where nobody answers', async () => {
    const site = await siteToKeep();
    const host = outerAddress();
    const args = [`--server=https://${host}:${await freePort(host)}`, '--timeout=2s'];
    const ended = await site.run(engine, [...args, `--ca-file=${inject('controlPlane').caFile}`]);
    expectFailure(ended, 7, /--server .*: POST .*: (ECONNREFUSED|ConnectionRefused); nothing was changed\n/);
    expect(ended.stderr).toContain('trying again');
  });

  test('whose name nobody knows', async () => {
    const site = await siteToKeep();
    // That nobody ever will (RFC 6761, section 6.4).
    const args = ['--server=https://api.invalid', `--ca-file=${inject('controlPlane').caFile}`];
    const ended = await site.run(engine, [...args, '--timeout=1s']);
    expectFailure(ended, 7, /--server .*: api\.invalid has no address \(\w+\); nothing was changed\n/);
  });

  test('with the certificate of another CA', async () => {
    const site = await siteToKeep();
    const { url } = await startFront(outerAddress());
    const ended = await site.run(engine, [`--server=${url}`, `--ca-file=${inject('controlPlane').caFile}`]);
    expectFailure(ended, 7, /--server .*the CA does not verify the server's certificate/);
  });

  test('with a certificate for another address', async () => {
    const site = await siteToKeep();
    const host = outerAddress();
    // It listens where the kernel finds it by any of the machine's addresses.
    const { port, caFile } = await startFront('0.0.0.0');
    const ended = await site.run(engine, [`--server=https://${host}:${port}`, `--ca-file=${caFile}`]);
    expectFailure(ended, 7, /--server .*the CA does not verify the server's certificate/);
  });

  test('that does not take the token', async () => {
    const site = await siteToKeep();
    const { url, caFile } = await startFront(outerAddress());
    const file = join(site.directory, 'stale');
    await writeFile(file, 'stale-token');
    const args = ['--token-source=file', `--token-file=${file}`, `--server=${url}`, `--ca-file=${caFile}`];
    const ended = await site.run(engine, args, {}, ['stale-token']);
    expectFailure(ended, 7, /--server .*: it does not accept the token, which may belong to another cluster/);
  });

  test('where something on the way takes the token off', async () => {
    const site = await siteToKeep();
    const drop = (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace(/authorization/i, 'x'), 'latin1');
    const { url, caFile } = await startFront(outerAddress(), passOnTo(inject('controlPlane'), drop));
    const ended = await site.run(engine, [`--server=${url}`, `--ca-file=${caFile}`]);
    expectFailure(ended, 7, /--server .*: it does not accept the token/);
  });

  test.each([
    ['404 Not Found', 'not here'],
    ['200 OK', '{}'],
    ['200 OK', '<html>'],
    ['302 Found', ''],
    ['500 Internal Server Error', ''],
  ])('of a server that is no API server: %s %s', async (status, body) => {
    const site = await siteToKeep();
    const { url, caFile } = await startFront(outerAddress(), saying(status, body));
    const args = [`--server=${url}`, `--ca-file=${caFile}`, '--timeout=1s'];
    expectFailure(await site.run(engine, args), 7, /--server .*; nothing was changed\n.*--no-verify/);
  });

  test.each([
    ['missing', undefined, /cannot read the CA file .* \(ENOENT\)/],
    ['no CA', 'no CA', /the CA file .* holds no PEM certificate/],
  ])('with a CA file that is %s', async (_, content, message) => {
    const site = await siteToKeep();
    const file = join(site.directory, 'other-ca.crt');
    if (content !== undefined) {
      await writeFile(file, content);
    }
    const ended = await site.run(engine, ['--server=https://api.example', `--ca-file=${file}`]);
    expectFailure(ended, 3, message);
  });
});

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  test.each(['https://127.0.0.1:6443', 'https://api.invalid'])('--no-verify writes even %s', async (url) => {
    const site = await createSite();
    const args = [`--server=${url}`, `--ca-file=${inject('controlPlane').caFile}`];
    expect(await site.run(engine, [...args, '--no-verify'])).toMatchObject({ exitCode: 0 });
    expect((await site.kubeconfig()).clusters[0].cluster.server).toBe(url);
  });

  describe('with a requested token in the entry refuses as well an address', () => {
    test.each<[string, () => Promise<string>]>([
      ['that is a loopback address', async () => inject('controlPlane').url],
      ['where nobody answers', async () => `https://${outerAddress()}:${await freePort(outerAddress())}`],
    ])('%s', async (_, url) => {
      const site = await siteWithRequestedToken(engine);
      const before = await site.configMap();
      const address = [`--server=${await url()}`, `--ca-file=${inject('controlPlane').caFile}`];
      const ended = await site.run(engine, [...REQUEST, ...address, '--timeout=2s']);
      expectFailure(ended, 7, /--server .*; nothing was changed\n/);
      expect(await site.configMap()).toEqual(before);
    });

    test('of a server that is no API server', async () => {
      const site = await siteWithRequestedToken(engine);
      const before = await site.configMap();
      const { url, caFile } = await startFront(outerAddress(), saying('404 Not Found', ''));
      const ended = await site.run(engine, [
        ...REQUEST,
        `--server=${url}`,
        `--ca-file=${caFile}`,
        '--wait=0s',
      ]);
      expectFailure(ended, 7, /--server .*404; nothing was changed\n/);
      expect(await site.configMap()).toEqual(before);
    });
  });
});

const REQUEST = ['--token-source=request', '--service-account=deployer'];

async function siteWithRequestedToken(engine: Engine): Promise<Site> {
  const site = await createSite();
  await createAccount(site, 'deployer');
  await allow(site, 'serviceaccounts/token', 'deployer', 'create');
  expect(await site.run(engine, REQUEST)).toMatchObject({ exitCode: 0 });
  return site;
}
