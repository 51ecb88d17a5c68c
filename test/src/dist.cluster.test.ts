import { join } from 'node:path';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { canI, kubectl } from './kubectl.ts';

const DIST = join(import.meta.dirname, '../../dist');
const APPLY = ['apply', '-f', DIST, '--validate=strict'];
const CONFIG_MAP = ['-n', 'cloudify', 'configmap', 'multisite-kubeconfig-configmap'];

/** The versions of all objects of dist/, which change with any write that changes anything. */
function versions(): Promise<string> {
  return kubectl(['get', '-f', DIST, '-o', 'jsonpath={.items[*].metadata.resourceVersion}']);
}

async function kubeconfig(): Promise<string | undefined> {
  const configMap: V1ConfigMap = JSON.parse(await kubectl(['get', ...CONFIG_MAP, '-o', 'json']));
  return configMap.data?.kubeconfig;
}

/** Writes the kubeconfig as the program does: a merge patch of the key, under its own field manager. */
async function write(value: string): Promise<void> {
  const patch = JSON.stringify({ data: { kubeconfig: value } });
  await kubectl(['patch', ...CONFIG_MAP, '--type=merge', '--field-manager=cdk8s-multisite', '-p', patch]);
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
    expect(before).toMatch(/^\d+( \d+){6}$/);
    await kubectl(APPLY);
    expect(await versions()).toBe(before);
  });

  test('keeps the sites through another apply', async () => {
    await write('sites');
    await kubectl(APPLY);
    expect(await kubeconfig()).toBe('sites');
  });

  test('keeps the sites through server-side applies, the forced one included', async () => {
    const serverSide = [...APPLY, '--server-side', '--field-manager=gitops', '--force-conflicts'];
    await kubectl(serverSide);
    await write('sites of another day');
    await kubectl(serverSide);
    expect(await kubeconfig()).toBe('sites of another day');
  });

  test('lets the manager’s ServiceAccount get and patch its ConfigMap, and do nothing else', async () => {
    const account = await kubectl([
      ...['get', '-n', 'cloudify', 'deployment', 'dcae-cloudify-manager'],
      ...['-o', 'jsonpath={.spec.template.spec.serviceAccountName}'],
    ]);
    const as = ['-n', 'cloudify', '--as', `system:serviceaccount:cloudify:${account}`];
    const can = (verb: string, resource: string) => canI([verb, resource, ...as]);
    const own = 'configmap/multisite-kubeconfig-configmap';
    expect(await can('get', own)).toBe(true);
    expect(await can('patch', own)).toBe(true);
    expect(await can('update', own)).toBe(false);
    expect(await can('delete', own)).toBe(false);
    expect(await can('get', 'configmap/another')).toBe(false);
    expect(await can('list', 'configmaps')).toBe(false);
  });
});
