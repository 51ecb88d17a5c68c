import { CoreV1Api, type V1Secret } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { OTHERS } from '../../../support/other-sites.ts';
import { createSite, type Site } from '../../../support/site.ts';

const NAME = 'sites';
const TO_SECRET = [`--secret=${NAME}`];

/** A site whose pod may get and patch the Secret, if there is one. */
async function siteWithRights(): Promise<Site> {
  const site = await createSite();
  for (const verb of ['get', 'patch']) {
    await allow(site, 'secrets', NAME, verb);
  }
  return site;
}

async function siteWithSecret(content: Partial<V1Secret> = {}): Promise<Site> {
  const site = await siteWithRights();
  await coreOf(site).createNamespacedSecret({
    namespace: site.namespace,
    body: { metadata: { name: NAME }, ...content },
  });
  return site;
}

const coreOf = ({ kubeConfig }: Site) => kubeConfig.makeApiClient(CoreV1Api);

function secretOf(site: Site): Promise<V1Secret> {
  return coreOf(site).readNamespacedSecret({ namespace: site.namespace, name: NAME });
}

async function documentIn(site: Site): Promise<string> {
  return Buffer.from((await secretOf(site)).data?.kubeconfig ?? '', 'base64').toString();
}

describe.each(ENGINE_NAMES)('multisite-init --secret on %s', (engine) => {
  test('writes to a Secret that is empty, and to no ConfigMap', async () => {
    const site = await siteWithSecret();
    const configMap = await site.configMap();
    const ended = await site.run(engine, TO_SECRET);
    expect(ended).toMatchObject({ exitCode: 0, termination: '' });
    expect(ended.stdout).toMatch(
      new RegExp(`^wrote context "central" .* to secret ${site.namespace}/${NAME}, key kubeconfig\n$`),
    );
    expect(parse(await documentIn(site))).toMatchObject({
      contexts: [{ name: 'central', context: { cluster: 'central', user: 'user00' } }],
      users: [{ name: 'user00', user: { token: site.token } }],
      'current-context': 'central',
    });
    const { metadata } = await secretOf(site);
    expect(metadata?.managedFields?.map(({ manager }) => manager)).toContain('cdk8s-multisite');
    expect(await site.configMap()).toEqual(configMap);
  });

  test('merges, other sites and other keys as they were, byte for byte', async () => {
    const site = await siteWithSecret({
      stringData: { kubeconfig: OTHERS, notes: 'mine' },
      data: { photo: 'AP8=' },
    });
    const ended = await site.run(engine, [...TO_SECRET, '--log-format=json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ result: 'written', secret: NAME });
    const lines = (await documentIn(site)).split('\n');
    const kept = OTHERS.split('\n');
    expect(lines.filter((line) => kept.includes(line)).join('\n')).toBe(OTHERS);
    const names = parse(lines.join('\n')).contexts.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['edge', 'central']);
    const { notes = '', photo } = (await secretOf(site)).data ?? {};
    expect([Buffer.from(notes, 'base64').toString(), photo]).toEqual(['mine', 'AP8=']);
  });

  test('has nothing to do the second time, and writes nothing', async () => {
    const site = await siteWithSecret();
    await site.run(engine, TO_SECRET);
    const before = await secretOf(site);
    const ended = await site.run(engine, TO_SECRET);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
    expect(await secretOf(site)).toEqual(before);
  });

  test('reads and merges again when somebody wrote in between', async () => {
    const site = await siteWithSecret();
    let interventions = 0;
    const proxy = await startFaultProxy((method) => ({
      kind: 'pass',
      before: async () => {
        if (method !== 'PATCH' || interventions++ > 0) {
          return;
        }
        const body = { ...(await secretOf(site)), stringData: { kubeconfig: OTHERS } };
        await coreOf(site).replaceNamespacedSecret({ namespace: site.namespace, name: NAME, body });
      },
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const ended = await site.run(engine, TO_SECRET, proxy.env);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toContain('409');
    expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
    const names = parse(await documentIn(site)).contexts.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['edge', 'central']);
  });

  describe('changes nothing of', () => {
    test.each<[string, Partial<V1Secret>, RegExp]>([
      [
        'a Secret that is immutable',
        { immutable: true },
        /secret .*\/sites, key kubeconfig: the Secret is immutable; nothing was changed\n/,
      ],
      [
        'a key whose value is no text',
        { data: { kubeconfig: Buffer.from([0xff, 0xfe, 0x00]).toString('base64') } },
        /the key holds bytes that are not text; nothing was changed\n.*--key/,
      ],
      [
        'a document that would become too large',
        { stringData: { kubeconfig: `# ${'x'.repeat(1_048_000)}\n` } },
        /would have 10\d{5} bytes, and all keys together 10\d{5}; a Secret holds at most 1048576 bytes.*\n.*--secret/,
      ],
      [
        'a Secret whose other keys leave too little room',
        { data: { photo: Buffer.alloc(1_048_000, 0xff).toString('base64') } },
        /would have \d{4} bytes, and all keys together 10\d{5}; a Secret holds at most 1048576 bytes/,
      ],
      [
        'a document that is malformed',
        { stringData: { kubeconfig: 'users: [{' } },
        /is malformed: it is not one valid YAML document/,
      ],
      [
        'a document whose user another context has',
        { stringData: { kubeconfig: 'contexts: [{name: edge, context: {user: user00}}]\n' } },
        /user "user00" belongs to context "edge" too/,
      ],
    ])('%s', async (_, content, message) => {
      const site = await siteWithSecret(content);
      const before = await secretOf(site);
      expectFailure(await site.run(engine, TO_SECRET), 7, message);
      expect(await secretOf(site)).toEqual(before);
    });
  });

  test('makes no Secret where there is none', async () => {
    const site = await siteWithRights();
    expectFailure(
      await site.run(engine, [...TO_SECRET, '--wait=0s']),
      5,
      new RegExp(`secret ${site.namespace}/${NAME} does not exist\n.*Apply the manifests`),
    );
    await expect(secretOf(site)).rejects.toMatchObject({ code: 404 });
  });

  test('has the commands that give a missing right', async () => {
    const site = await createSite();
    const ended = await site.run(engine, [...TO_SECRET, '--wait=0s']);
    expectFailure(ended, 4, /may not get secrets "sites"/);
    expect(ended.termination).toContain(
      `--verb=get,patch --resource=secrets --resource-name=${NAME} && kubectl create rolebinding `,
    );
  });

  test.each([
    ['the whole of it', Number.POSITIVE_INFINITY],
    ['a part of it', 700],
  ])('shows no token where a webhook quotes the data, %s', async (_, length) => {
    const site = await siteWithSecret();
    const data = Buffer.from(`token: ${site.token}`).toString('base64').slice(0, length);
    const body = JSON.stringify({ message: `denied ${data}` });
    const proxy = await startFaultProxy((method) =>
      method === 'PATCH' ? { kind: 'answer', status: 422, body } : { kind: 'pass' },
    );
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const ended = await site.run(engine, TO_SECRET, proxy.env, [data.slice(100, 120)]);
    expectFailure(ended, 7, /422: denied …\n/);
  });
});
