import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { Metainit, type MetainitProps } from '../../src/index.ts';
import { APPLY, canI, createNamespace, kubectl } from './kubectl.ts';
import { newChart, podSpec, yaml } from './manifests.ts';

/** The name of all objects of a test. */
let name: string;

beforeEach(() => {
  name = `metainit-${randomBytes(4).toString('hex')}`;
});

async function applied(props: MetainitProps = {}) {
  const chart = newChart(undefined);
  const metainit = new Metainit(chart, 'Metainit', { namespaceName: name, metadata: { name }, ...props });
  await kubectl(APPLY, yaml(chart));
  const can = (verb: string, resource: string, namespace: string) =>
    canI([verb, resource, '-n', namespace, '--as', metainit.userName]);
  return { chart, can };
}

test('its namespace, which enforces Pod Security restricted, admits its pods', async () => {
  const { chart } = await applied();
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'of-the-deployment', namespace: name },
    spec: podSpec(chart, 'Deployment'),
  };
  expect(await kubectl([...APPLY, '--dry-run=server'], JSON.stringify(pod))).toContain('created');
  const privileged = { ...pod, spec: { ...pod.spec, hostNetwork: true } };
  await expect(kubectl([...APPLY, '--dry-run=server'], JSON.stringify(privileged))).rejects.toThrow(
    'violates PodSecurity "restricted:latest": host namespaces',
  );
});

test('with namespaces it may release pods there, and nowhere else', async () => {
  const apps = `${name}-apps`;
  await createNamespace(apps);
  const { can } = await applied({ namespaces: [apps] });
  for (const verb of ['list', 'watch', 'patch']) {
    expect(await can(verb, 'pods', apps)).toBe(true);
    expect(await can(verb, 'pods', name)).toBe(false);
  }
  expect(await can('create', 'events', apps)).toBe(true);
});

test('in an existing namespace it leaves the namespace alone', async () => {
  await createNamespace(name);
  await applied({ createNamespace: false });
  const labels = await kubectl(['get', 'namespace', name, '-o', 'jsonpath={.metadata.labels}']);
  expect(JSON.parse(labels)).toEqual({ 'kubernetes.io/metadata.name': name });
});
