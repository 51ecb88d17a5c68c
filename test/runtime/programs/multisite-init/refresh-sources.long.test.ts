import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { requestToken } from '../../../../start/service-account.ts';
import { createAccount, createTokenSecret, tokenIn, touch } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { outerAddress, startFront } from '../../../support/tls-front.ts';
import { watchableSite } from '../../../support/watchable-site.ts';

/** Less than the minute after which it looks in any case. */
const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 40_000, interval: 50 });

const coreOf = ({ kubeConfig }: Site) => kubeConfig.makeApiClient(CoreV1Api);

describe.each(ENGINE_NAMES)('multisite-init --watch on %s', (engine) => {
  test('writes the token of a file again when the file is replaced', async () => {
    const site = await watchableSite();
    await createAccount(site, 'reader');
    const token = () => requestToken(site.kubeConfig, site.namespace, 'reader');
    const { url, caFile } = await startFront(outerAddress());
    const file = join(site.directory, 'other-token');
    await writeFile(file, await token());
    const args = ['--token-source=file', `--token-file=${file}`, `--server=${url}`, `--ca-file=${caFile}`];
    const refresher = await startRefresher(engine, site, args);
    await refresher.said(/^wrote/);
    const next = await token();
    await writeFile(`${file}.new`, next);
    await rename(`${file}.new`, file);
    await until(async () => expect(await tokenIn(site)).toBe(next));
    expect((await site.kubeconfig()).clusters[0].cluster.server).toBe(url);
  });

  test('writes the token of a Secret again when the one in the entry is void', async () => {
    const site = await watchableSite();
    await createAccount(site, 'reader');
    await allow(site, 'secrets', 'reader-token', 'get');
    const { namespace } = site;
    await createTokenSecret(site, 'reader-token', 'reader');
    const args = ['--token-source=secret', '--token-secret=reader-token'];
    const refresher = await startRefresher(engine, site, args);
    await refresher.said(/^wrote .*token without an end/);
    const first = await tokenIn(site);
    await coreOf(site).deleteNamespacedSecret({ namespace, name: 'reader-token' });
    await createTokenSecret(site, 'reader-token', 'reader');
    // Nothing tells of it within the minute: a change of the object makes it look.
    await until(async () => {
      await touch(site);
      expect(await tokenIn(site)).not.toBe(first);
    });
    const { data } = await coreOf(site).readNamespacedSecret({ namespace, name: 'reader-token' });
    expect(await tokenIn(site)).toBe(Buffer.from(data?.token ?? '', 'base64').toString());
  });

  test('keeps an entry in a Secret, which it watches by its name', async () => {
    const site = await createSite();
    const ref = { namespace: site.namespace, name: 'sites' };
    await coreOf(site).createNamespacedSecret({ ...ref, body: { metadata: { name: ref.name } } });
    for (const verb of ['get', 'patch', 'watch']) {
      await allow(site, 'secrets', ref.name, verb);
    }
    const refresher = await startRefresher(engine, site, ['--secret=sites']);
    await refresher.said(/^wrote .* to secret /);
    await coreOf(site).patchNamespacedSecret({ ...ref, body: [{ op: 'remove', path: '/data/kubeconfig' }] });
    await until(async () => {
      const { data } = await coreOf(site).readNamespacedSecret(ref);
      const kubeconfig = parse(Buffer.from(data?.kubeconfig ?? '', 'base64').toString());
      expect(kubeconfig?.users).toEqual([{ name: 'user00', user: { token: site.token } }]);
    });
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
    expect(await refresher.metric('failures_total')).toBe(0);
  });
});
