import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runKubectl } from '../../../../devcluster/control-plane/kubectl.ts';
import { tokenClaims } from '../../../../runtime/kube/token-claims.ts';
import { requestToken, writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount, recreateAccount, tokenIn } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { signToken } from '../../../support/sign-token.ts';
import { CONFIG_MAP, createSite, type Site } from '../../../support/site.ts';

const ACCOUNT = 'deployer';
const REQUEST = ['--token-source=request', `--service-account=${ACCOUNT}`];
const MINUTE = 60_000;

/** A site with a second ServiceAccount, whose tokens the pod may request. */
async function siteWithAccount(): Promise<Site> {
  const site = await createSite();
  await createAccount(site, ACCOUNT);
  await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
  return site;
}

async function proxyFor(site: Site, decide: (url: string) => Fault = () => ({ kind: 'pass' })) {
  const proxy = await startFaultProxy((_method, _count, url) => decide(url));
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  return proxy;
}

function requestsOfTokens({ requests }: FaultProxy): string[] {
  return requests.filter((request) => request.endsWith('/token'));
}

/** The token in the entry, in a document that has another site too. */
function documentWith(token: string): string {
  return `contexts:\n- {name: central, context: {cluster: central, user: user00}}\nusers:\n- {name: edge, user: {token: theirs}}\n- {name: user00, user: {token: ${token}}}\n`;
}

describe.each(ENGINE_NAMES)('multisite-init --token-source=request on %s', (engine) => {
  test('writes a token of that ServiceAccount, for the life that was asked for', async () => {
    const site = await siteWithAccount();
    const ended = await site.run(engine, [...REQUEST, '--expiration=2h', '--verify']);
    expect(ended).toMatchObject({ exitCode: 0 });
    const { subject, issued, expires } = tokenClaims(await tokenIn(site));
    const user = `system:serviceaccount:${site.namespace}:${ACCOUNT}`;
    expect(subject).toBe(user);
    expect(Number(expires) - Number(issued)).toBe(120 * MINUTE);
    expect(ended.stdout).toContain(`token until ${expires?.toISOString()}`);
    expect(ended.stdout).toContain(`verified: it authenticates as ${user}`);
    expect(JSON.stringify(ended)).not.toContain(await tokenIn(site));
  });

  test('leaves the life to the API server where none is asked for, which is an hour', async () => {
    const site = await siteWithAccount();
    await site.run(engine, REQUEST);
    const { issued, expires } = tokenClaims(await tokenIn(site));
    expect(Number(expires) - Number(issued)).toBe(60 * MINUTE);
  });

  test('says until when the token was granted, not what was asked for nor what it says itself', async () => {
    const site = await siteWithAccount();
    const granted = new Date(Math.ceil(Date.now() / 1000) * 1000 + 20 * MINUTE).toISOString();
    const proxy = await proxyFor(site, (url) =>
      url.endsWith('/token')
        ? {
            kind: 'rewrite',
            answer: (text) => {
              const answer = JSON.parse(text);
              answer.status.expirationTimestamp = granted;
              return JSON.stringify(answer);
            },
          }
        : { kind: 'pass' },
    );
    const ended = await site.run(engine, [...REQUEST, '--expiration=24h', '--log-format=json'], proxy.env);
    expect(JSON.parse(ended.stdout)).toMatchObject({ result: 'written', tokenExpires: granted });
    expect(ended.stderr).toContain(`${site.namespace}/${ACCOUNT}, granted until ${granted}`);
  });

  test('has nothing to do while the token in the entry is good, and requests none', async () => {
    const site = await siteWithAccount();
    const proxy = await proxyFor(site);
    await site.run(engine, REQUEST, proxy.env);
    const written = await site.configMap();
    const ended = await site.run(engine, REQUEST, proxy.env);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
    expect(requestsOfTokens(proxy)).toHaveLength(1);
    expect(await site.configMap()).toEqual(written);
  });

  describe('replaces the token in the entry', () => {
    test.each<[string, (site: Site) => Promise<string>]>([
      ['of another ServiceAccount', async (site) => site.token],
      [
        'of another namespace',
        async (site) => {
          const other = await siteWithAccount();
          return requestToken(site.kubeConfig, other.namespace, ACCOUNT);
        },
      ],
      [
        'that the API server does not take',
        async (site) => {
          const token = await requestToken(site.kubeConfig, site.namespace, ACCOUNT);
          await recreateAccount(site, ACCOUNT);
          return token;
        },
      ],
      [
        'that is near its end',
        (site) =>
          signToken(site, ACCOUNT, new Date(Date.now() - 60 * MINUTE), new Date(Date.now() + 10 * MINUTE)),
      ],
      ['that is something else', async () => 'opaque-token'],
    ])('%s', async (_, existing) => {
      const site = await siteWithAccount();
      const token = await existing(site);
      await site.setDocument(documentWith(token));
      const proxy = await proxyFor(site);
      const ended = await site.run(engine, REQUEST, proxy.env, [token]);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
      expect(requestsOfTokens(proxy)).toHaveLength(1);
      const written = await tokenIn(site);
      expect(written).not.toBe(token);
      expect(tokenClaims(written).subject).toBe(`system:serviceaccount:${site.namespace}:${ACCOUNT}`);
      expect(await tokenIn(site, 'edge')).toBe('theirs');
    });

    test('but not one that has life left, even if it is old', async () => {
      const site = await siteWithAccount();
      const [issued, expires] = [new Date(Date.now() - 60 * MINUTE), new Date(Date.now() + 60 * MINUTE)];
      const token = await signToken(site, ACCOUNT, issued, expires);
      await site.setDocument(documentWith(token));
      expect(await site.run(engine, REQUEST, {}, [token])).toMatchObject({ exitCode: 0 });
      expect(await tokenIn(site)).toBe(token);
    });
  });

  test('requests one token, however often the write has to be repeated', async () => {
    const site = await siteWithAccount();
    let conflicts = 0;
    const proxy = await startFaultProxy((method) => ({
      kind: 'pass',
      before: async () => {
        if (method === 'PATCH' && conflicts++ < 3) {
          await site.setDocument(`# ${conflicts}\n`);
        }
      },
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    expect(await site.run(engine, REQUEST, proxy.env)).toMatchObject({ exitCode: 0 });
    expect(proxy.requests.filter((request) => request.startsWith('PATCH'))).toHaveLength(4);
    expect(requestsOfTokens(proxy)).toHaveLength(1);
  });

  test("asks in the pod's own namespace, which need not be the ConfigMap's", async () => {
    const [site, elsewhere] = [await siteWithAccount(), await createSite()];
    for (const verb of ['get', 'patch']) {
      await allow(site, 'configmaps', CONFIG_MAP, verb, elsewhere.namespace);
    }
    await writeFile(join(site.directory, 'namespace'), `${site.namespace}\n`);
    const ended = await site.run(engine, [...REQUEST, `--namespace=${elsewhere.namespace}`]);
    expect(ended).toMatchObject({ exitCode: 0 });
    const { subject } = tokenClaims(await tokenIn(elsewhere));
    expect(subject).toBe(`system:serviceaccount:${site.namespace}:${ACCOUNT}`);
    // That is whose token has to be there the next time, too.
    const again = await site.run(engine, [...REQUEST, `--namespace=${elsewhere.namespace}`]);
    expect(again.stdout).toMatch(/^nothing to do/);
  });

  test('without the right to request it, has the commands that give the right', async () => {
    const site = await createSite();
    await createAccount(site, ACCOUNT);
    const ended = await site.run(engine, [...REQUEST, '--wait=0s']);
    expectFailure(ended, 4, /may not create serviceaccounts\/token/);
    expect(await site.document()).toBe('');

    const admin = join(site.directory, 'admin');
    await writeFile(admin, site.kubeConfig.exportConfig());
    const commands = /Or run: (.*)$/m.exec(ended.termination)?.[1]?.split(' && ') ?? [];
    expect(commands).toHaveLength(2);
    for (const [kubectl, ...args] of commands.map((command) => command.split(' '))) {
      expect([kubectl, await runKubectl(admin, args)]).toMatchObject([
        'kubectl',
        { exitCode: 0, stderr: '' },
      ]);
    }
    expect(await site.run(engine, REQUEST)).toMatchObject({ exitCode: 0 });
  });

  test('of a ServiceAccount that does not exist', async () => {
    const site = await createSite();
    await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
    const ended = await site.run(engine, [...REQUEST, '--wait=0s']);
    expectFailure(
      ended,
      5,
      /serviceaccounts "deployer" not found\n.*Create the ServiceAccount, or correct --service-account/,
    );
    expect(await site.document()).toBe('');
  });
});
