import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { initContainer, runInitProgram } from '../../start/init-program.ts';
import { only, readManifests } from '../../start/manifests.ts';
import type { PodSurroundings } from '../../start/pod-program.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { admin } from '../support/admin.ts';
import { canI, kubectl } from './kubectl.ts';

const DIST = join(import.meta.dirname, '../../dist');
const APPLY = ['apply', '-f', DIST, '--validate=strict'];
/** Sooner than the refresher would look without being told of a change: it looks once a minute. */
const WITHIN_SECONDS = { timeout: 20_000, interval: 100 };
const CONFIG_MAP = ['-n', 'cloudify', 'configmap', 'multisite-kubeconfig-configmap'];

/** The versions of all objects of dist/, which change with any write that changes anything. */
function versions(): Promise<string> {
  return kubectl(['get', '-f', DIST, '-o', 'jsonpath={.items[*].metadata.resourceVersion}']);
}

async function kubeconfig(): Promise<string | undefined> {
  const configMap: V1ConfigMap = JSON.parse(await kubectl(['get', ...CONFIG_MAP, '-o', 'json']));
  return configMap.data?.kubeconfig;
}

async function forgetSites(): Promise<void> {
  await kubectl(['patch', ...CONFIG_MAP, '--type=merge', '-p', '{"data":null}']);
}

async function manager(): Promise<V1Deployment> {
  return only(await readManifests(DIST), 'Deployment');
}

/** What the manager's pod has around it; it ends with the test. */
async function surroundings({ spec }: V1Deployment): Promise<PodSurroundings> {
  const { host, port, ca } = inject('controlPlane');
  const folder = await mkdtemp(join(tmpdir(), 'dist-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const account = spec?.template.spec?.serviceAccountName ?? '';
  await writeServiceAccount(folder, await requestToken(admin(), 'cloudify', account), ca);
  return { host, port: String(port), serviceAccountDirectory: folder };
}

/** A first run of the program as the manager's pod would run it; the kubeconfig that it wrote. */
async function runProgram(): Promise<string | undefined> {
  await forgetSites();
  const deployment = await manager();
  const ended = await runInitProgram(initContainer(deployment), await surroundings(deployment));
  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });
  return kubeconfig();
}

describe('dist/ on an empty cluster', () => {
  let first: string;

  beforeAll(async () => {
    first = await kubectl(APPLY);
  });

  test('is created by one apply, every field known to the API server', () => {
    const others = first
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith(' created'));
    expect(others).toEqual([]);
  });

  test('is not changed by another apply', async () => {
    const before = await versions();
    expect(before).toMatch(/^\d+( \d+){9}$/);
    await kubectl(APPLY);
    expect(await versions()).toBe(before);
  });

  test('keeps the sites through another apply', async () => {
    const written = await runProgram();
    await kubectl(APPLY);
    expect(await kubeconfig()).toBe(written);
  });

  test('keeps the sites through server-side applies, the forced one included', async () => {
    const serverSide = [...APPLY, '--server-side', '--field-manager=gitops', '--force-conflicts'];
    await kubectl(serverSide);
    const written = await runProgram();
    await kubectl(serverSide);
    expect(await kubeconfig()).toBe(written);
  });

  test('keeps the sites by its refresher, which answers its probe', async () => {
    const deployment = await manager();
    const refresher = deployment.spec?.template.spec?.containers.find(({ name }) =>
      name.endsWith('-refresh'),
    );
    const { path, port } = refresher?.livenessProbe?.httpGet ?? {};
    // At a port that nothing else on this machine has.
    const free = await freePort();
    const args = refresher?.args?.map((arg) => arg.replace(`--port=${port}`, `--port=${free}`));
    const pod = await surroundings(deployment);
    await forgetSites();
    const stop = new AbortController();
    const running = runInitProgram({ name: 'refresher', args }, pod, stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running.catch(() => undefined);
    });

    const probe = () => fetch(`http://127.0.0.1:${free}${path}`).then(({ ok }) => ok);
    await vi.waitUntil(() => probe().catch(() => false), WITHIN_SECONDS);
    await vi.waitUntil(kubeconfig, WITHIN_SECONDS);
    await forgetSites();
    await vi.waitUntil(kubeconfig, WITHIN_SECONDS);
  });

  test('lets the pod’s ServiceAccount keep the ConfigMap and request the site’s token, and do nothing else', async () => {
    const account = await kubectl([
      ...['get', '-n', 'cloudify', 'deployment', 'dcae-cloudify-manager'],
      ...['-o', 'jsonpath={.spec.template.spec.serviceAccountName}'],
    ]);
    const as = ['-n', 'cloudify', '--as', `system:serviceaccount:cloudify:${account}`];
    const can = (verb: string, resource: string) => canI([verb, resource, ...as]);
    const own = 'configmap/multisite-kubeconfig-configmap';
    expect(await can('get', own)).toBe(true);
    expect(await can('patch', own)).toBe(true);
    expect(await can('watch', own)).toBe(true);
    expect(await can('update', own)).toBe(false);
    expect(await can('delete', own)).toBe(false);
    expect(await can('get', 'configmap/another')).toBe(false);
    expect(await can('list', 'configmaps')).toBe(false);
    const mayRequest = (name: string) =>
      canI(['create', `serviceaccount/${name}`, '--subresource=token', ...as]);
    expect(await mayRequest('dcae-cloudify-manager-site')).toBe(true);
    expect(await mayRequest(account)).toBe(false);
  });
});
