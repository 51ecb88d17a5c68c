import { describe, expect, inject, test } from 'vitest';
import { requestToken, writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount, tokenIn } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { outerAddress, startFront } from '../../../support/tls-front.ts';

const base64 = (text: string) => Buffer.from(text.trim()).toString('base64');

async function clusterOf(site: Site): Promise<unknown> {
  return (await site.kubeconfig()).clusters[0].cluster;
}

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  describe('--server with --ca-file', () => {
    test('writes that address and that CA, proven before they are written', async () => {
      const site = await createSite();
      const { url, ca, caFile, connections } = await startFront(outerAddress());
      const before: number[] = [];
      const proxy = await startFaultProxy((method) => {
        if (method === 'PATCH') {
          before.push(connections());
        }
        return { kind: 'pass' };
      });
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const args = [`--server=${url}/`, `--ca-file=${caFile}`];
      const ended = await site.run(engine, args, proxy.env);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`(${url}, user`) });
      expect(before).toEqual([1]);
      expect(await clusterOf(site)).toEqual({ server: url, 'certificate-authority-data': base64(ca) });
      expect(await tokenIn(site)).toBe(site.token);
      // Nothing is to be written, and so nothing to be proven.
      expect((await site.run(engine, args, proxy.env)).stdout).toMatch(/^nothing to do/);
      expect(connections()).toBe(1);
    });

    test('takes the place of another address and CA, both of them', async () => {
      const site = await createSite();
      const { url, ca, caFile } = await startFront(outerAddress());
      await site.run(engine);
      const controlPlane = inject('controlPlane');
      expect(await clusterOf(site)).toEqual({
        server: controlPlane.url,
        'certificate-authority-data': base64(controlPlane.ca),
      });
      expect(await site.run(engine, [`--server=${url}`, `--ca-file=${caFile}`])).toMatchObject({
        exitCode: 0,
      });
      expect(await clusterOf(site)).toEqual({ server: url, 'certificate-authority-data': base64(ca) });
      await site.run(engine);
      expect(await clusterOf(site)).toEqual({
        server: controlPlane.url,
        'certificate-authority-data': base64(controlPlane.ca),
      });
    });

    test('is where a requested token in the entry is tried, and stays', async () => {
      const site = await createSite();
      await createAccount(site, 'deployer');
      await allow(site, 'serviceaccounts/token', 'deployer', 'create');
      const { url, ca, caFile, connections } = await startFront(outerAddress());
      const token = await requestToken(site.kubeConfig, site.namespace, 'deployer');
      const cluster = `{server: "${url}", certificate-authority-data: ${base64(ca)}}`;
      await site.setDocument(
        `current-context: central\ncontexts: [{name: central, context: {cluster: central, user: user00}}]\nclusters: [{name: central, cluster: ${cluster}}]\nusers: [{name: user00, user: {token: ${token}}}]\n`,
      );
      const args = ['--token-source=request', '--service-account=deployer'];
      const ended = await site.run(engine, [...args, `--server=${url}`, `--ca-file=${caFile}`], {}, [token]);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
      expect(connections()).toBe(1);
      // Neither does a CA that works go for one that does not; what is verified is what is there.
      const { caFile: otherCa } = inject('controlPlane');
      const verified = await site.run(
        engine,
        [...args, `--server=${url}`, `--ca-file=${otherCa}`, '--verify'],
        {},
        [token],
      );
      expect(verified).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^nothing to do.*\nverified/),
      });
    });
  });

  test('reaches an API server at an IPv6 address, and writes it in brackets', async () => {
    const site = await createSite();
    const { ca, port } = await startFront('::1');
    await writeServiceAccount(site.directory, site.token, ca);
    const env = { KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: String(port) };
    const ended = await site.run(engine, ['--verify'], env);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`(https://[::1]:${port}, `) });
    expect(await clusterOf(site)).toEqual({
      server: `https://[::1]:${port}`,
      'certificate-authority-data': base64(ca),
    });
  });
});
