import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, test, vi } from 'vitest';
import { writeCertificates } from '../../../../devcluster/control-plane/certificates.ts';
import { runKubectl } from '../../../../devcluster/control-plane/kubectl.ts';
import { requestToken } from '../../../../start/service-account.ts';
import { createAccount, createTokenSecret, touch } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { outerAddress, startFront, startFrontWith } from '../../../support/tls-front.ts';
import { watchableSite } from '../../../support/watchable-site.ts';

/** Less than the minute after which the refresher looks in any case. */
const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 40_000, interval: 50 });

const coreOf = ({ kubeConfig }: Site) => kubeConfig.makeApiClient(CoreV1Api);

/** Gives the cluster of the entry another field. */
async function addToCluster(site: Site, field: string): Promise<void> {
  await site.setDocument((await site.document()).replace(/^ {4}server: .*$/m, `$&\n    ${field}`));
}

async function kubectlReads(site: Site): Promise<boolean> {
  const file = join(await temporaryFolder(), 'kubeconfig');
  await writeFile(file, await site.document());
  return (await runKubectl(file, ['get', '--raw=/version'])).exitCode === 0;
}

describe.each(ENGINE_NAMES)('--verify on %s tries the entry as its readers use it', (engine) => {
  test('with the name that it says the certificate has', async () => {
    const site = await createSite();
    await site.run(engine);
    await addToCluster(site, 'tls-server-name: localhost');
    expect(await kubectlReads(site)).toBe(true);
    expect((await site.run(engine, ['--verify'])).stdout).toMatch(/^nothing to do.*\nverified/);
    await site.setDocument(
      (await site.document()).replace('tls-server-name: localhost', 'tls-server-name: other.example'),
    );
    expect(await kubectlReads(site)).toBe(false);
    expectFailure(await site.run(engine, ['--verify']), 6, /the CA does not verify the server's certificate/);
  });

  test('with that name before a write, too', async () => {
    const site = await createSite();
    const folder = await temporaryFolder();
    const { server, caFile } = await writeCertificates(folder, [], ['api.example']);
    const { url } = await startFrontWith(server, outerAddress());
    const args = [`--server=${url}`, `--ca-file=${caFile}`];
    await site.run(engine, [...args, '--no-verify']);
    await addToCluster(site, 'tls-server-name: api.example');
    expect(await kubectlReads(site)).toBe(true);
    await site.setDocument((await site.document()).replace(/token: .*/, 'token: old'));
    expect(await site.run(engine, args)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^wrote/),
    });
    expect(await kubectlReads(site)).toBe(true);
  });

  test('through its proxy', async () => {
    const site = await createSite();
    const { url, caFile } = await startFront(outerAddress());
    const args = [`--server=${url}`, `--ca-file=${caFile}`, '--verify'];
    await site.run(engine, args);
    const proxy = await startConnectProxy();
    await addToCluster(site, `proxy-url: http://127.0.0.1:${proxy.port}`);
    expect(await kubectlReads(site)).toBe(true);
    const before = proxy.tunnels.length;
    expect((await site.run(engine, args)).stdout).toMatch(/^nothing to do.*\nverified/);
    expect(proxy.tunnels.length).toBeGreaterThan(before);
    await site.setDocument((await site.document()).replace(/proxy-url: .*/, 'proxy-url: http://127.0.0.1:9'));
    expect(await kubectlReads(site)).toBe(false);
    expectFailure(await site.run(engine, [...args, '--timeout=2s']), 6, /ECONNREFUSED|no answer|:9/);
    await site.setDocument((await site.document()).replace(/proxy-url: .*/, 'proxy-url: me:hush@proxy:3128'));
    expect(await kubectlReads(site)).toBe(false);
    const ended = await site.run(engine, args, {}, ['hush']);
    expectFailure(ended, 6, /"proxy-url" of the cluster at .* is not a URL of http, https or socks5/);
  });

  test('what belonged to another server goes with it, and the log says so', async () => {
    const site = await createSite();
    const { url, caFile } = await startFront(outerAddress());
    await site.run(engine, [`--server=${url}`, `--ca-file=${caFile}`]);
    await addToCluster(site, 'proxy-url: http://127.0.0.1:9\n    tls-server-name: other.example');
    const ended = await site.run(engine, ['--verify']);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote.*\nverified/) });
    expect(ended.stderr).toMatch(/tls-server-name removed, proxy-url removed/);
    expect(await kubectlReads(site)).toBe(true);
    expect(Object.keys((await site.kubeconfig()).clusters[0].cluster)).toEqual([
      'certificate-authority-data',
      'server',
    ]);
  });
});

describe.each(ENGINE_NAMES)('--watch on %s is ready as long as its entry serves its readers', (engine) => {
  /** A change of the object makes it look before the minute is over. */
  const untilNotReady = async (site: Site, refresher: Awaited<ReturnType<typeof startRefresher>>) => {
    await until(async () => {
      await touch(site);
      expect((await refresher.get('/readyz')).status).toBe(503);
    });
    await until(async () =>
      expect((await refresher.get('/readyz')).text).toMatch(/does not accept its token \(401\)/),
    );
    expect(await refresher.metric('failures_total')).toBeGreaterThan(0);
  };

  test('not with a token of a file that the server takes no longer', async () => {
    const site = await watchableSite();
    const { namespace } = site;
    const { url, caFile } = await startFront(outerAddress());
    const file = join(site.directory, 'other-token');
    await createAccount(site, 'reader');
    await writeFile(file, await requestToken(site.kubeConfig, namespace, 'reader'));
    const args = ['--token-source=file', `--token-file=${file}`, `--server=${url}`, `--ca-file=${caFile}`];
    const refresher = await startRefresher(engine, site, args);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    await coreOf(site).deleteNamespacedServiceAccount({ namespace, name: 'reader' });
    await untilNotReady(site, refresher);
    await createAccount(site, 'reader');
    await writeFile(`${file}.new`, await requestToken(site.kubeConfig, namespace, 'reader'));
    await rename(`${file}.new`, file);
    await until(async () => expect(await refresher.isReady()).toBe(true));
  });

  test('not with a token of a Secret that was made invalid', async () => {
    const site = await watchableSite();
    await createAccount(site, 'reader');
    await allow(site, 'secrets', 'reader-token', 'get');
    const { namespace } = site;
    await createTokenSecret(site, 'reader-token', 'reader');
    const args = ['--token-source=secret', '--token-secret=reader-token'];
    const refresher = await startRefresher(engine, site, args);
    await refresher.said(/^wrote/);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#legacy-serviceaccount-token-cleaner
    const invalid = [
      {
        op: 'add',
        path: '/metadata/labels',
        value: { 'kubernetes.io/legacy-token-invalid-since': '2024-01-01' },
      },
    ];
    await coreOf(site).patchNamespacedSecret({ namespace, name: 'reader-token', body: invalid });
    await untilNotReady(site, refresher);
  });

  test('not with a proxy-url that is none, whose text it does not repeat', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    await addToCluster(site, 'proxy-url: me:hush-hush@proxy:3128');
    expect(await kubectlReads(site)).toBe(false);
    await until(async () => {
      const { status, text } = await refresher.get('/readyz');
      expect({ status, text }).toEqual({
        status: 503,
        text: expect.stringMatching(/"proxy-url" .* is not a URL of/),
      });
      expect(text).not.toContain('hush');
    });
    await site.setDocument((await site.document()).replace(/^ {4}proxy-url: .*\n/m, ''));
    await until(async () => expect(await refresher.isReady()).toBe(true));
  });
});
