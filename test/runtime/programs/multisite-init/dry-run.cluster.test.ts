import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { requestToken, writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES, ENGINES, type Engine } from '../../../support/multisite-init.ts';
import { CONFIG_MAP, createSite, type Site } from '../../../support/site.ts';
import { outerAddress, startFront } from '../../../support/tls-front.ts';

const OTHERS = `# hush-hush
clusters:
- name: edge
  cluster:
    server: https://edge:6443
    proxy-url: http://me:hush-hush@proxy:3128
contexts:
- {name: edge, context: {cluster: edge, user: edge}}
users:
- name: edge
  user:
    password: &p hush-hush
    token: *p
    client-key-data: |
      ${Buffer.from('hush-hush').toString('base64')}
    exec: {command: hush-hush, args: [hush-hush], env: [{name: A, value: hush-hush}]} # hush-hush
current-context: edge
`;

/** All requests go through it. */
async function proxyFor(site: Site): Promise<FaultProxy> {
  const proxy = await startFaultProxy(() => ({ kind: 'pass' }));
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  return proxy;
}

/** What `cat` of a terminal would get. */
async function runOnTerminal(engine: Engine, site: Site, env: Record<string, string> = {}): Promise<string> {
  const command = [...ENGINES[engine], `--namespace=${site.namespace}`, '--dry-run'];
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const { stdout } = await promisify(execFile)('script', ['--quiet', '--command', quoted, '/dev/null'], {
    env: { ...site.env, PATH: process.env.PATH, ...env },
  });
  return stdout;
}

const ESCAPE = '\u001b';

describe.each(ENGINE_NAMES)('multisite-init --dry-run on %s', (engine) => {
  test('prints a first document, and writes nothing', async () => {
    const site = await createSite();
    const before = await site.configMap();
    const proxy = await proxyFor(site);
    const ended = await site.run(engine, ['--dry-run'], proxy.env);
    expect(ended).toMatchObject({ exitCode: 0, termination: '' });
    const { KUBERNETES_SERVICE_PORT: port } = proxy.env;
    const name = `configmap ${site.namespace}/${CONFIG_MAP}, key kubeconfig`;
    expect(ended.stdout).toBe(`--- /dev/null
+++ ${name}
@@ -0,0 +1,18 @@
+apiVersion: v1
+clusters:
+- cluster:
+    certificate-authority-data: ${Buffer.from(proxy.ca.trim()).toString('base64')}
+    server: https://127.0.0.1:${port}
+  name: central
+contexts:
+- context:
+    cluster: central
+    user: user00
+  name: central
+current-context: central
+kind: Config
+preferences: {}
+users:
+- name: user00
+  user:
+    token: (redacted 1)
dry run: nothing was written to ${name}
`);
    expect(proxy.requests).toEqual([`GET /api/v1/namespaces/${site.namespace}/configmaps/${CONFIG_MAP}`]);
    expect(await site.configMap()).toEqual(before);
  });

  test('prints what would change, without the credentials of anybody', async () => {
    const site = await createSite();
    await site.setDocument(OTHERS);
    const before = await site.configMap();
    const ended = await site.run(engine, ['--dry-run'], {}, ['hush']);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stdout).toMatch(/^\+ {4}token: \(redacted \d+\)$/m);
    expect(ended.stdout).toMatch(/^ {5}proxy-url: \(redacted \d+\)$/m);
    // Only lines that would be new.
    expect(ended.stdout.split('\n').filter((line) => /^-(?!-)/.test(line))).toEqual([]);
    expect(ended.stdout).toMatch(/^\+ {2}name: central$/m);
    expect(await site.configMap()).toEqual(before);
  });

  test('shows that a token would be replaced, but neither of them', async () => {
    const site = await createSite();
    await site.run(engine);
    await site.setDocument((await site.document()).replace(site.token, 'yesterdays-token'));
    const ended = await site.run(engine, ['--dry-run'], {}, ['yesterdays-token']);
    const changed = ended.stdout.split('\n').filter((line) => /^[-+] /.test(line));
    expect(changed).toEqual(['-    token: (redacted 1)', '+    token: (redacted 2)']);
  });

  test('has nothing to do where a run would have nothing to do', async () => {
    const site = await createSite();
    await site.run(engine);
    const ended = await site.run(engine, ['--dry-run']);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do: context/) });
  });

  test('requests no token', async () => {
    const site = await createSite();
    await createAccount(site, 'deployer');
    await allow(site, 'serviceaccounts/token', 'deployer', 'create');
    const proxy = await proxyFor(site);
    const { url, caFile, connections } = await startFront(outerAddress());
    const request = ['--dry-run', '--token-source=request', '--service-account=deployer'];
    for (const args of [request, [...request, `--server=${url}`, `--ca-file=${caFile}`]]) {
      const ended = await site.run(engine, args, proxy.env);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('token: (redacted 1)') });
    }
    expect(proxy.requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
    expect(connections()).toBe(0);
    // One that is good stays, and there is nothing to do.
    const token = await requestToken(site.kubeConfig, site.namespace, 'deployer');
    await site.run(engine, request.slice(1), proxy.env);
    await site.setDocument((await site.document()).replace(/token: .*/, `token: ${token}`));
    expect((await site.run(engine, request, proxy.env, [token])).stdout).toMatch(/^nothing to do/);
  });

  test('finds a bad address all the same', async () => {
    const site = await createSite();
    const { url, caFile } = inject('controlPlane');
    const ended = await site.run(engine, ['--dry-run', `--server=${url}`, `--ca-file=${caFile}`]);
    expectFailure(ended, 7, /is a loopback address/);
  });

  test('finds a document that cannot be changed all the same', async () => {
    const site = await createSite();
    await site.setDocument('users: [{');
    expectFailure(await site.run(engine, ['--dry-run']), 7, /malformed: it is not one valid YAML document/);
  });

  test('is one line of JSON where that is asked for', async () => {
    const site = await createSite();
    await site.setDocument(OTHERS);
    const ended = await site.run(engine, ['--dry-run', '--log-format=json'], {}, ['hush']);
    const { diff, ...others } = JSON.parse(ended.stdout);
    const { namespace } = site;
    expect(others).toMatchObject({
      result: 'would write',
      namespace,
      configMap: CONFIG_MAP,
      key: 'kubeconfig',
    });
    expect(diff).toContain(`+++ configmap ${namespace}/${CONFIG_MAP}, key kubeconfig\n@@ `);
    expect(ended.stdout.trim()).not.toContain('\n');
    await site.run(engine);
    const nothing = await site.run(engine, ['--dry-run', '--log-format=json']);
    expect(JSON.parse(nothing.stdout)).toMatchObject({ result: 'nothing to do' });
  });

  test('tells of a Secret as it does of a ConfigMap', async () => {
    const site = await createSite();
    const core = site.kubeConfig.makeApiClient(CoreV1Api);
    const { namespace } = site;
    const body = { metadata: { name: 'sites' }, stringData: { kubeconfig: OTHERS } };
    await core.createNamespacedSecret({ namespace, body });
    await allow(site, 'secrets', 'sites', 'get');
    const before = await core.readNamespacedSecret({ namespace, name: 'sites' });
    const ended = await site.run(engine, ['--dry-run', '--secret=sites'], {}, ['hush']);
    expect(ended.stdout).toContain(
      `dry run: nothing was written to secret ${namespace}/sites, key kubeconfig`,
    );
    expect(await core.readNamespacedSecret({ namespace, name: 'sites' })).toEqual(before);
  });

  test('prints the whole of a difference that is larger than a pipe', async () => {
    const site = await createSite();
    const long = `https://edge/${'a'.repeat(400_000)}`;
    await site.setDocument(JSON.stringify({ clusters: [{ name: 'edge', cluster: { server: long } }] }));
    const ended = await site.run(engine, ['--dry-run']);
    expect(ended.stdout.split(long)).toHaveLength(3);
    expect(ended.stdout).toMatch(/\ndry run: nothing was written to .*\n$/);
  });

  describe('has colours', () => {
    test('on a terminal', async () => {
      const site = await createSite();
      const shown = await runOnTerminal(engine, site);
      expect(shown).toContain(`${ESCAPE}[32m+  name: central${ESCAPE}[39m`);
      expect(shown).not.toContain(site.token);
    });

    test('but not with NO_COLOR', async () => {
      const site = await createSite();
      const shown = await runOnTerminal(engine, site, { NO_COLOR: '1' });
      expect(shown).toContain('+  name: central');
      expect(shown).not.toContain(ESCAPE);
    });

    test('nor elsewhere', async () => {
      const site = await createSite();
      expect((await site.run(engine, ['--dry-run'])).stdout).not.toContain(ESCAPE);
    });
  });
});
