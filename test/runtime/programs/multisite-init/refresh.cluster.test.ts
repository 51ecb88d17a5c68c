import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { CoreV1Api, type V1ConfigMap } from '@kubernetes/client-node';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { portOf } from '../../../../devcluster/control-plane/port-of.ts';
import { requestToken, writeServiceAccount } from '../../../../start/service-account.ts';
import { tokenIn } from '../../../support/accounts.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createAuthority } from '../../../support/pki.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { signToken } from '../../../support/sign-token.ts';
import { CONFIG_MAP, type Site } from '../../../support/site.ts';
import { watchableSite } from '../../../support/watchable-site.ts';

const OTHERS = 'users:\n- name: edge\n  user: {token: theirs} # keep\n';

/** Less than the minute after which it looks in any case. */
const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 40_000, interval: 50 });

/** As the kubelet swaps a mounted file: at once. */
async function swap(site: Site, file: string, text: string): Promise<void> {
  const path = join(site.directory, file);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function change(site: Site, body: object[]): Promise<V1ConfigMap> {
  const core = site.kubeConfig.makeApiClient(CoreV1Api);
  return core.patchNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP, body });
}

describe.each(ENGINE_NAMES)('multisite-init --watch on %s', (engine) => {
  test('writes, is ready, counts, and ends within a second of SIGTERM', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote context "central"/);
    expect(await tokenIn(site)).toBe(site.token);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    expect(await refresher.metric('writes_total')).toBe(1);
    expect(await refresher.metric('conflicts_total')).toBe(0);
    expect(await refresher.metric('failures_total')).toBe(0);
    const now = Date.now() / 1000;
    const lastSuccess = (await refresher.metric('last_success_timestamp_seconds')) ?? 0;
    expect(Math.abs(now - lastSuccess)).toBeLessThan(30);
    const claims = JSON.parse(Buffer.from(site.token.split('.')[1] ?? '', 'base64url').toString());
    expect(await refresher.metric('credential_expiry_timestamp_seconds')).toBe(claims.exp);
    expect(await refresher.get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await refresher.get('/else')).status).toBe(404);
    const { exitCode, ms } = await refresher.stop();
    expect(exitCode).toBe(0);
    expect(ms).toBeLessThan(1000);
  });

  test('a first run that fails ends it, as without --watch', async () => {
    const site = await watchableSite();
    await site.setDocument('- not a kubeconfig\n');
    const refresher = await startRefresher(engine, site);
    await refresher.said(/error: .*malformed/);
    expect((await refresher.stop()).exitCode).toBe(7);
  });

  test('a port that is taken ends it', async () => {
    const site = await watchableSite();
    const other = createServer().listen(0);
    onTestFinished(() => void other.close());
    const port = portOf(other);
    const ended = await site.run(engine, ['--watch', `--port=${port}`]);
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.termination).toMatch(new RegExp(`cannot listen on port ${port}.*\\n.*--port`));
  });

  test('writes the mounted token again when the kubelet rotates it', async () => {
    const site = await watchableSite();
    await site.setDocument(OTHERS);
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    const next = await requestToken(site.kubeConfig, site.namespace, site.serviceAccount);
    await swap(site, 'token', next);
    await until(async () => expect(await tokenIn(site)).toBe(next));
    expect(await site.document()).toContain('user: {token: theirs} # keep');
    // It talks as the new one too: the old one may be gone by now.
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
    expect(await refresher.isReady()).toBe(true);
  });

  test('writes the CA again when it changes', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    const both = `${inject('controlPlane').ca.trim()}\n${await otherCa()}`;
    await swap(site, 'ca.crt', both);
    await until(async () =>
      expect((await site.kubeconfig()).clusters[0].cluster['certificate-authority-data']).toBe(
        Buffer.from(both).toString('base64'),
      ),
    );
  });

  test.each([
    ['the document is emptied', () => ''],
    ['the key goes', () => undefined],
    ['the user goes', (text: string) => text.replace(/users:[\s\S]*/, 'users: []\n')],
    ['the server is wrong', (text: string) => text.replace(/server: \S+/, 'server: https://wrong:6443')],
    [
      'the CA is broken',
      (text: string) => text.replace(/(certificate-authority-data: )\S+/, '$1bm90aGluZw=='),
    ],
    ['the token is unknown', (text: string) => text.replace(/(token: )\S+/, '$1unknown')],
    ['a field contradicts', (text: string) => text.replace(/( +)token: /, '$1tokenFile: /else\n$1token: ')],
  ])('mends the entry when %s', async (_, damage) => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    const good = await site.document();
    const bad = damage(good);
    expect(bad).not.toBe(good);
    await change(
      site,
      bad === undefined
        ? [{ op: 'remove', path: '/data/kubeconfig' }]
        : [{ op: 'replace', path: '/data/kubeconfig', value: bad }],
    );
    await until(async () => {
      const { clusters, users } = (await site.kubeconfig()) ?? {};
      expect(clusters?.[0].cluster.server).toBe(inject('controlPlane').url);
      expect(users?.[0]?.user).toEqual({ token: site.token });
    });
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
  });

  test('another valid token is no damage, nor is a CA that vouches for the server', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    const theirs = await requestToken(site.kubeConfig, site.namespace, site.serviceAccount);
    const wider = `${inject('controlPlane').ca.trim()}\n${await otherCa()}`;
    const document = (await site.document())
      .replace(site.token, theirs)
      .replace(/(certificate-authority-data: )\S+/, `$1${Buffer.from(wider).toString('base64')}`);
    const before = await refresher.metric('last_success_timestamp_seconds');
    const { metadata } = await site.setDocument(document);
    // It has looked when it says that all is well anew.
    await until(async () => {
      expect(await refresher.metric('last_success_timestamp_seconds')).toBeGreaterThan(before ?? 0);
    });
    expect((await site.configMap()).metadata?.resourceVersion).toBe(metadata?.resourceVersion);
    expect(await refresher.metric('writes_total')).toBe(1);
  });

  test('of two pods in a rollout the younger one writes, and the older one has no last word', async () => {
    const site = await watchableSite();
    const older = await startRefresher(engine, site);
    await older.said(/^wrote/);
    const young = await laterToken(site);
    const directory = join(site.directory, 'young');
    await writeServiceAccount(directory, young, inject('controlPlane').ca);
    const lookOfOlder = () => older.metric('last_success_timestamp_seconds');
    const lookAfter = (before = 0) => until(async () => expect(await lookOfOlder()).toBeGreaterThan(before));
    const first = await lookOfOlder();
    const younger = await startRefresher(engine, site, [], { SERVICE_ACCOUNT_DIRECTORY: directory });
    await younger.said(/^wrote/);
    await lookAfter(first);
    expect(await tokenIn(site)).toBe(young);
    // The older one's token is rotated while it ends: it looks, and leaves the entry alone.
    const before = await lookOfOlder();
    await swap(site, 'token', await laterToken(site, young));
    await lookAfter(before);
    expect(await tokenIn(site)).toBe(young);
    expect(await older.metric('writes_total')).toBe(1);
    await older.stop();
    expect(await tokenIn(site)).toBe(young);
  });

  test('two replicas with tokens of their own write once each, and never fight over the entry', async () => {
    const site = await watchableSite();
    const one = await startRefresher(engine, site);
    await one.said(/^wrote/);
    const directory = join(site.directory, 'two');
    await writeServiceAccount(directory, await laterToken(site), inject('controlPlane').ca);
    const two = await startRefresher(engine, site, [], { SERVICE_ACCOUNT_DIRECTORY: directory });
    await two.said(/^wrote/);
    const document = await site.document();
    for (const value of ['1', '2', '3']) {
      const looked = [one, two].map((each) => each.metric('last_success_timestamp_seconds'));
      const before = await Promise.all(looked);
      // Something of the object changes that has nothing to do with the kubeconfig: both look.
      await change(site, [{ op: 'add', path: '/data/touched', value }]);
      await until(async () => {
        for (const [i, each] of [one, two].entries()) {
          expect(await each.metric('last_success_timestamp_seconds')).toBeGreaterThan(before[i] ?? 0);
        }
      });
    }
    expect(await site.document()).toBe(document);
    expect([await one.metric('writes_total'), await two.metric('writes_total')]).toEqual([1, 1]);
  });

  test('a token near its end is damage, whoever wrote it', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const [half, ending] = [
      await signToken(site, site.serviceAccount, minutes(-30), minutes(30)),
      await signToken(site, site.serviceAccount, minutes(-55), minutes(5)),
    ];
    const looked = (await refresher.metric('last_success_timestamp_seconds')) ?? 0;
    await site.setDocument((await site.document()).replace(site.token, half));
    await until(async () => {
      expect(await refresher.metric('last_success_timestamp_seconds')).toBeGreaterThan(looked);
    });
    expect(await tokenIn(site)).toBe(half);
    await site.setDocument((await site.document()).replace(half, ending));
    await until(async () => expect(await tokenIn(site)).toBe(site.token));
  });

  test('counts the writes that it had to repeat because somebody else wrote in between', async () => {
    const site = await watchableSite();
    let writes = 0;
    const proxy = await startFaultProxy((method) => ({
      kind: 'pass',
      before: async () => {
        if (method === 'PATCH' && writes++ < 2) {
          await site.setDocument(`# ${writes}\n`);
        }
      },
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const refresher = await startRefresher(engine, site, [], proxy.env);
    await refresher.said(/^wrote/);
    expect(await refresher.metric('conflicts_total')).toBe(2);
    expect(await refresher.metric('writes_total')).toBe(1);
    expect(await refresher.metric('failures_total')).toBe(0);
  });

  test.each(['GET', 'PATCH'])(
    'ends within a second of SIGTERM although a %s gets no answer',
    async (hanging) => {
      const site = await watchableSite();
      const proxy = await startFaultProxy((method) => ({ kind: method === hanging ? 'stall' : 'pass' }));
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const refresher = await startRefresher(engine, site, [], proxy.env);
      await until(async () => expect(proxy.requests.some((line) => line.startsWith(hanging))).toBe(true));
      const { exitCode, ms } = await refresher.stop();
      expect(exitCode).toBe(0);
      expect(ms).toBeLessThan(1000);
    },
  );

  test('says at /readyz what is wrong, without the token that somebody quotes', async () => {
    const site = await watchableSite();
    const message = `the token eyJhbGciOi.eyJzdWIi.c2ln is on a list`;
    const refusal = { kind: 'answer', status: 403, body: JSON.stringify({ message }) } as const;
    let refused = false;
    const proxy = await startFaultProxy((method) =>
      refused && method === 'PATCH' ? refusal : { kind: 'pass' },
    );
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const refresher = await startRefresher(engine, site, [], proxy.env);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    refused = true;
    await change(site, [{ op: 'remove', path: '/data/kubeconfig' }]);
    await until(async () => expect(await refresher.isReady()).toBe(false));
    expect((await refresher.get('/readyz')).text).toBe('the token (redacted) is on a list\n');
    // It waits to try again, which is no reason to stay.
    expect((await refresher.stop()).ms).toBeLessThan(1000);
  });

  test('fills the ConfigMap again after it was deleted and made anew', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    const core = site.kubeConfig.makeApiClient(CoreV1Api);
    const ref = { namespace: site.namespace, name: CONFIG_MAP };
    await core.deleteNamespacedConfigMap(ref);
    await until(async () => expect(await refresher.isReady()).toBe(false));
    expect((await refresher.get('/readyz')).text).toMatch(/does not exist/);
    expect(await refresher.metric('failures_total')).toBeGreaterThan(0);
    await core.createNamespacedConfigMap({
      namespace: site.namespace,
      body: { metadata: { name: CONFIG_MAP } },
    });
    await until(async () => expect(await tokenIn(site)).toBe(site.token));
    await until(async () => expect(await refresher.isReady()).toBe(true));
  });

  test('watches the one object alone, with bookmarks, and after a 410 from what is there now', async () => {
    const site = await watchableSite();
    const watches: URLSearchParams[] = [];
    const gone = { kind: 'Status', code: 410, message: 'too old resource version' };
    const proxy = await startFaultProxy((method, _, url) => {
      if (method !== 'GET' || !url.includes('watch=true')) {
        return { kind: 'pass' };
      }
      watches.push(new URL(url, 'https://api').searchParams);
      if (watches.length === 1) {
        return { kind: 'answer', status: 410, body: JSON.stringify(gone) };
      }
      if (watches.length === 2) {
        const body = `${JSON.stringify({ type: 'ERROR', object: gone })}\n`;
        return { kind: 'answer', status: 200, body };
      }
      return watches.length === 3
        ? { kind: 'pass', before: () => site.setDocument(OTHERS) }
        : { kind: 'pass' };
    });
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const refresher = await startRefresher(engine, site, [], proxy.env);
    await refresher.said(/^wrote/);
    // What was damaged between two watches is seen by the third one.
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
    expect(await tokenIn(site)).toBe(site.token);
    expect(watches).toHaveLength(3);
    const [first, ...later] = watches;
    expect(first?.get('fieldSelector')).toBe(`metadata.name=${CONFIG_MAP}`);
    expect(first?.get('allowWatchBookmarks')).toBe('true');
    expect(first?.get('resourceVersion')).toMatch(/^\d+$/);
    expect(later.map((watch) => watch.get('resourceVersion'))).toEqual(['', '']);
  });

  test('idle, it does not poll', async () => {
    const site = await watchableSite();
    const refresher = await startRefresher(engine, site);
    await refresher.said(/^wrote/);
    await until(async () => expect(await refresher.isReady()).toBe(true));
    const part = await refresher.cpuPart(16_000);
    // A few thousandths on a quiet machine, some hundredths on a busy one; what polls takes far more.
    expect(part).toBeLessThan(0.1);
  });
});

/** Tokens say when they were issued in whole seconds: one that is certainly later than another. */
async function laterToken(site: Site, than = site.token): Promise<string> {
  const issued = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).iat as number;
  for (;;) {
    const token = await requestToken(site.kubeConfig, site.namespace, site.serviceAccount);
    if (issued(token) > issued(than)) {
      return token;
    }
  }
}

/**
 * The certificate of an authority that has nothing to do with the API server. It has a name of its own: of two that
 * differ in their keys alone, and have no key identifiers, engines may take the wrong one for the issuer.
 */
async function otherCa(): Promise<string> {
  const { certificate } = await createAuthority('another-authority', { keyIdentifiers: false });
  return certificate.trim();
}
