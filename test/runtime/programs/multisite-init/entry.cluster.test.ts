import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { CONFIG_MAP, createSite, type Site } from '../../../support/site.ts';

/** What a reader would take before server, CA and token, or refuse beside them. */
const CONTRADICTING = {
  clusters: ['certificate-authority', 'insecure-skip-tls-verify'],
  users: [
    ...['auth-provider', 'exec', 'password', 'tokenFile', 'username'],
    ...['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data'],
  ],
} as const;

/** All that a ConfigMap holds. */
const LIMIT = 1_048_576;

/** A mebibyte goes to and fro some ten times. */
const PADDED = { timeout: 30_000 };

async function expectRefused(site: Site, run: () => ReturnType<Site['run']>, message: RegExp): Promise<void> {
  const before = await site.configMap();
  expectFailure(await run(), 7, message);
  expect(await site.configMap()).toEqual(before);
}

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  test('takes out of its own entry what contradicts it, says so, and leaves all else in it', async () => {
    const site = await createSite();
    const fields = (section: 'clusters' | 'users') =>
      CONTRADICTING[section].map((field) => `    ${field}: gone\n`).join('');
    const others = 'users:\n- name: edge\n  user: {exec: {command: theirs}, tokenFile: /theirs}\n';
    await site.setDocument(
      `clusters:
- name: central
  cluster:
    proxy-url: http://proxy:3128
    server: ${inject('controlPlane').url}
${fields('clusters')}    tls-server-name: kubernetes
contexts:
- name: central
  context: {cluster: central, user: user00, namespace: apps}
${others}- name: user00
  user:
    as: somebody
${fields('users')}`,
    );
    const ended = await site.run(engine);
    expect(ended).toMatchObject({ exitCode: 0 });
    for (const field of [...CONTRADICTING.clusters, ...CONTRADICTING.users]) {
      expect(ended.stderr, field).toMatch(new RegExp(`merging into key kubeconfig: .*\\b${field} removed`));
    }
    const { clusters, contexts, users } = await site.kubeconfig();
    const { url, ca } = inject('controlPlane');
    const data = Buffer.from(ca.trim()).toString('base64');
    expect(clusters).toEqual([
      {
        name: 'central',
        cluster: {
          'proxy-url': 'http://proxy:3128',
          server: url,
          'tls-server-name': 'kubernetes',
          'certificate-authority-data': data,
        },
      },
    ]);
    expect(contexts[0].context).toEqual({ cluster: 'central', user: 'user00', namespace: 'apps' });
    expect(users[1].user).toEqual({ as: 'somebody', token: site.token });
    expect(await site.document()).toContain(others);
  });

  test('takes the second layer of base64 of the original for what it means', async () => {
    const site = await createSite();
    await site.run(engine);
    const data = Buffer.from(inject('controlPlane').ca.trim()).toString('base64');
    const original = (await site.document()).replace(
      `certificate-authority-data: ${data}`,
      `certificate-authority-data: !!binary |\n      ${Buffer.from(data).toString('base64')}`,
    );
    const { metadata } = await site.setDocument(original);
    expect((await site.run(engine)).stdout).toMatch(/^nothing to do/);
    expect((await site.configMap()).metadata?.resourceVersion).toBe(metadata?.resourceVersion);
    await site.setDocument(original.replace(/token: .*/, 'token: old'));
    expect((await site.run(engine)).stdout).toMatch(/^wrote/);
    expect(await site.document()).toBe(original);
  });

  test('refuses a second document', async () => {
    const site = await createSite();
    await site.setDocument('kind: Config\n---\nkind: Config\n');
    await expectRefused(site, () => site.run(engine), /malformed: it is not one valid YAML document/);
  });

  test('refuses an owned value that is an alias, or aliased elsewhere', async () => {
    const site = await createSite();
    for (const document of [
      'x: &t old\nusers: [{name: user00, user: {token: *t}}]\n',
      'users: [{name: user00, user: {token: &t old}}, {name: edge, user: {token: *t}}]\n',
    ]) {
      await site.setDocument(document);
      await expectRefused(
        site,
        () => site.run(engine),
        /token is shared through a YAML alias.*\n.*Replace the alias/,
      );
    }
  });

  test('refuses a user that another context shares, with the flag that mends it', async () => {
    const site = await createSite();
    await site.setDocument('contexts: [{name: edge, context: {cluster: edge, user: user00}}]\n');
    const refused = /user "user00" belongs to context "edge" too.*\n.*: --user=central$/m;
    await expectRefused(site, () => site.run(engine), refused);
    expect(await site.run(engine, ['--user=central'])).toMatchObject({ exitCode: 0 });
    const names = (await site.kubeconfig()).users.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['central']);
  });

  test('keeps a current context that exists, and replaces one that dangles', async () => {
    const site = await createSite();
    const edge = 'contexts: [{name: edge, context: {cluster: edge, user: edge}}]\n';
    for (const [line, current] of [
      ['current-context: edge\n', 'edge'],
      ['current-context: gone\n', 'central'],
      ['', 'central'],
    ] as const) {
      await site.setDocument(line + edge);
      expect(await site.run(engine)).toMatchObject({ exitCode: 0 });
      expect((await site.kubeconfig())['current-context']).toBe(current);
    }
  });

  test(
    'writes all that the API server takes, and refuses a byte more before it is sent',
    PADDED,
    async () => {
      const site = await createSite();
      await site.run(engine);
      const { length } = await site.document();
      const comment = (bytes: number) => `#${'x'.repeat(bytes - 2)}\n`;
      await site.setDocument(comment(LIMIT - length + 1));
      await expectRefused(
        site,
        () => site.run(engine),
        /would have 1048577 bytes, and all keys together 1048577; a ConfigMap holds at most 1048576 bytes/,
      );
      await site.setDocument(comment(LIMIT - length));
      expect(await site.run(engine)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
      const { data } = await site.configMap();
      expect(Buffer.byteLength(data?.kubeconfig ?? '')).toBe(LIMIT);
      expect(parse(data?.kubeconfig ?? '').users).toEqual([{ name: 'user00', user: { token: site.token } }]);
    },
  );

  test('refuses a key that holds bytes, and an object that nobody can change', async () => {
    const site = await createSite();
    const core = site.kubeConfig.makeApiClient(CoreV1Api);
    const ref = { namespace: site.namespace, name: CONFIG_MAP };
    await core.patchNamespacedConfigMap({
      ...ref,
      body: [{ op: 'add', path: '/binaryData', value: { kubeconfig: 'AAAA' } }],
    });
    await expectRefused(
      site,
      () => site.run(engine),
      /the key is in binaryData, where no text can be written.*\n.*--key/,
    );
    expect(await site.run(engine, ['--key=other'])).toMatchObject({ exitCode: 0 });
    await core.patchNamespacedConfigMap({ ...ref, body: [{ op: 'add', path: '/immutable', value: true }] });
    const refused = /the ConfigMap is immutable; nothing was changed\n.*again without/;
    await expectRefused(site, () => site.run(engine, ['--key=third']), refused);
  });
});
