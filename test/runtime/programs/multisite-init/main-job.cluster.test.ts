import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { renderKubeconfig } from '../../../../runtime/kubeconfig/render.ts';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { readWrittenKubeconfig, whoAmI } from '../../../../start/written-kubeconfig.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES, ENGINES } from '../../../support/multisite-init.ts';
import { OTHERS } from '../../../support/other-sites.ts';
import { CONFIG_MAP, createSite } from '../../../support/site.ts';

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  test('fills an empty ConfigMap with what a reader of the original found there', async () => {
    const site = await createSite();
    const { url, ca } = inject('controlPlane');
    const ended = await site.run(engine);
    expect(ended).toMatchObject({ exitCode: 0, termination: '' });
    expect(ended.stdout).toMatch(
      new RegExp(
        `^wrote context "central" \\(${url}, user "user00", token until .*\\) to configmap ${site.namespace}/${CONFIG_MAP}, key kubeconfig\n$`,
      ),
    );
    expect(await site.kubeconfig()).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      preferences: {},
      clusters: [
        {
          name: 'central',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca.trim()).toString('base64') },
        },
      ],
      contexts: [{ name: 'central', context: { cluster: 'central', user: 'user00' } }],
      users: [{ name: 'user00', user: { token: site.token } }],
      'current-context': 'central',
    });
  });

  test('what it wrote authenticates as the ServiceAccount of the manifests', async () => {
    const site = await createSite();
    await site.run(engine);
    const { kubeConfig, namespace, serviceAccount } = site;
    const written = await readWrittenKubeconfig(kubeConfig, namespace, CONFIG_MAP, 'kubeconfig');
    expect(await whoAmI(written)).toBe(`system:serviceaccount:${namespace}:${serviceAccount}`);
  });

  test('takes location, user, configmap and key from its flags, long and short', async () => {
    const site = await createSite();
    const core = site.kubeConfig.makeApiClient(CoreV1Api);
    const ended = await site.run(engine, [
      '--location=berlin',
      '--user=b',
      `--configmap=${CONFIG_MAP}`,
      '--key=other',
    ]);
    expect(ended.exitCode).toBe(0);
    expect(
      (await site.run(engine, ['-l', 'rome', '-u', 'r', '-c', CONFIG_MAP, '-k', 'other'])).exitCode,
    ).toBe(0);
    const { data } = await core.readNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP });
    expect(Object.keys(data ?? {})).toEqual(['other']);
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromString(data?.other ?? '');
    expect(kubeconfig.getContexts()).toEqual([
      { name: 'berlin', cluster: 'berlin', user: 'b' },
      { name: 'rome', cluster: 'rome', user: 'r' },
    ]);
    expect(kubeconfig.getCurrentContext()).toBe('berlin');
  });

  test('a second run has nothing to do and writes nothing', async () => {
    const site = await createSite();
    await site.run(engine);
    const { metadata } = await site.configMap();
    const ended = await site.run(engine);
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/^nothing to do: context "central"/);
    expect((await site.configMap()).metadata?.resourceVersion).toBe(metadata?.resourceVersion);
  });

  test('keeps other sites, comments and order byte for byte, and other keys', async () => {
    const site = await createSite();
    await site.setDocument(OTHERS);
    await site.kubeConfig.makeApiClient(CoreV1Api).patchNamespacedConfigMap({
      namespace: site.namespace,
      name: CONFIG_MAP,
      body: [{ op: 'add', path: '/data/notes', value: 'mine' }],
    });
    expect((await site.run(engine)).exitCode).toBe(0);
    const document = await site.document();
    const added = document.split('\n').filter((line) => !OTHERS.split('\n').includes(line));
    expect(
      document
        .split('\n')
        .filter((line) => !added.includes(line))
        .join('\n'),
    ).toBe(OTHERS);
    expect((await site.kubeconfig()).contexts.map(({ name }: { name: string }) => name)).toEqual([
      'edge',
      'central',
    ]);
    expect((await site.configMap()).data?.notes).toBe('mine');
  });

  test('is the field manager cdk8s-multisite of that one key', async () => {
    const site = await createSite();
    await site.run(engine);
    const fields = (await site.configMap()).metadata?.managedFields?.find(
      ({ manager }) => manager === 'cdk8s-multisite',
    );
    expect(fields).toMatchObject({
      operation: 'Update',
      fieldsV1: { 'f:data': { '.': {}, 'f:kubeconfig': {} } },
    });
  });

  test('reads and merges again when somebody wrote in between', async () => {
    const site = await createSite();
    let interventions = 0;
    const proxy = await startFaultProxy((method) => ({
      kind: 'pass',
      before: async () => {
        if (method === 'PATCH' && interventions++ === 0) {
          await site.setDocument(OTHERS);
        }
      },
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const ended = await site.run(engine, [], proxy.env);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toContain('409');
    expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
    expect((await site.kubeconfig()).contexts.map(({ name }: { name: string }) => name)).toEqual([
      'edge',
      'central',
    ]);
  });

  test('counts a write that lands late, before the next attempt, as its own', async () => {
    const site = await createSite();
    let patches = 0;
    let land: () => Promise<unknown> = async () => {};
    const proxy = await startFaultProxy((method) => {
      if (method !== 'PATCH') {
        return { kind: 'pass' };
      }
      patches += 1;
      return patches === 1 ? { kind: 'reset' } : { kind: 'pass', before: land };
    });
    const sent = renderKubeconfig({
      location: 'central',
      user: 'user00',
      server: `https://127.0.0.1:${proxy.env.KUBERNETES_SERVICE_PORT}`,
      certificateAuthorityData: Buffer.from(proxy.ca.trim()).toString('base64'),
      token: site.token,
    });
    land = () => site.setDocument(sent);
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const ended = await site.run(engine, [], proxy.env);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context/) });
    expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual(['GET', 'PATCH', 'GET', 'PATCH', 'GET']);
  });

  test('ends well although nobody reads what it says', async () => {
    const site = await createSite();
    const [command, ...first] = ENGINES[engine];
    const child = spawn(command, [...first, `--namespace=${site.namespace}`], {
      env: site.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect((await site.kubeconfig())['current-context']).toBe('central');
  });

  test('tells its steps and its result as JSON', async () => {
    const site = await createSite();
    const ended = await site.run(engine, ['--log-format=json']);
    for (const line of ended.stderr.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({
        level: 'info',
        program: 'multisite-init',
        time: expect.any(String),
      });
    }
    expect(JSON.parse(ended.stdout)).toMatchObject({
      result: 'written',
      namespace: site.namespace,
      location: 'central',
      user: 'user00',
      tokenExpires: expect.stringMatching(/^\d{4}-/),
      resourceVersion: (await site.configMap()).metadata?.resourceVersion,
    });
  });
});
