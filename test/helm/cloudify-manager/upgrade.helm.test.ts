import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CoreV1Api,
  type V1ConfigMap,
  type V1Namespace,
  type V1PersistentVolumeClaim,
} from '@kubernetes/client-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import { kubectl } from '../../src/kubectl.ts';
import { admin } from '../../support/admin.ts';
import { helm } from '../../support/helm.ts';
import { HELM_CHART } from '../../support/helm-chart.ts';
import { buildHelm, HELM_VERSIONS } from '../../support/helm-template.ts';
import { type ManagerRelease, managerRelease } from '../../support/manager-release.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const core = admin().makeApiClient(CoreV1Api);

const CLAIM = 'dcae-cloudify-manager-data';
const CONFIG_MAP = 'multisite-kubeconfig-configmap';

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

/** An object of a release that holds what the release did not make. */
interface Precious {
  readonly kind: string;
  readonly read: (release: ManagerRelease) => Promise<V1Namespace | V1PersistentVolumeClaim | V1ConfigMap>;
  /** Values with which the release has it. */
  readonly values: (release: ManagerRelease) => object;
}

function componentsOf({ namespace }: ManagerRelease): string {
  return `${namespace}-apps`;
}

const NAMESPACE: Precious = {
  kind: 'namespace',
  read: (release) => core.readNamespace({ name: componentsOf(release) }),
  values: (release) => ({ components: { namespace: componentsOf(release) } }),
};

const DATA: Precious = {
  kind: 'persistentvolumeclaim',
  read: ({ namespace }) => core.readNamespacedPersistentVolumeClaim({ namespace, name: CLAIM }),
  values: () => ({ persistence: { type: 'storageClass' } }),
};

const DOCUMENT: Precious = {
  kind: 'configmap',
  read: ({ namespace }) => core.readNamespacedConfigMap({ namespace, name: CONFIG_MAP }),
  values: () => ({ kubeconfig: { kind: 'ConfigMap' } }),
};

/** Whether it is neither gone nor about to go. */
async function isThere({ read }: Precious, release: ManagerRelease): Promise<boolean> {
  return read(release).then(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
    ({ code }: { readonly code?: number }) => {
      expect(code).toBe(404);
      return false;
    },
  );
}

/** Types the command that the release's notes have for that. */
async function keep({ kind }: Precious, release: ManagerRelease): Promise<void> {
  const commands = [...(await release.run('get notes')).matchAll(/^ {2}kubectl (.* helm\.sh\/.*)$/gm)];
  const command = commands.map(([, args = '']) => args.split(' ')).find((args) => args.includes(kind));
  expect(command).toBeDefined();
  await kubectl(command ?? []);
}

/** What an upgrade is about, the object that it is about, and the values. */
type Change = readonly [string, Precious, (release: ManagerRelease) => object];

const CHANGES: readonly Change[] = [
  [
    'components.create off',
    NAMESPACE,
    (release) => ({ components: { namespace: componentsOf(release), create: false } }),
  ],
  [
    'another components.namespace',
    NAMESPACE,
    (release) => ({ components: { namespace: `${componentsOf(release)}-2` } }),
  ],
  [
    'the same claim by persistence.type claim',
    DATA,
    () => ({ persistence: { type: 'claim', existingClaim: CLAIM } }),
  ],
  ['another persistence.type', DATA, () => ({ persistence: { type: 'ephemeral' } })],
  ['another name', DATA, () => ({ name: 'another' })],
  ['another kubeconfig.kind', DOCUMENT, () => ({ kubeconfig: { kind: 'Secret' } })],
];

const PRECIOUS: readonly [string, Precious][] = [
  ['components’ namespace', NAMESPACE],
  ['claim with the data', DATA],
];

describe.each(HELM_VERSIONS)('helm %s', (version) => {
  test.each(CHANGES)('deletes what leaves the release by %s', async (_, precious, changed) => {
    const release = managerRelease(version, HELM_CHART);
    await release.install(precious.values(release));
    expect(await isThere(precious, release)).toBe(true);

    await release.upgrade(changed(release));

    expect(await isThere(precious, release)).toBe(false);
  });

  test.each(CHANGES)(
    'keeps what leaves the release by %s, if it is annotated in the cluster',
    async (_, precious, changed) => {
      const release = managerRelease(version, HELM_CHART);
      await release.install(precious.values(release));
      await keep(precious, release);

      await release.upgrade(changed(release));
      expect(await isThere(precious, release)).toBe(true);

      await release.run('uninstall');
      expect(await isThere(precious, release)).toBe(true);
    },
  );

  test.each(PRECIOUS)('uninstalls the %s in spite of the annotation', async (_, precious) => {
    const release = managerRelease(version, HELM_CHART);
    await release.install(precious.values(release));
    await keep(precious, release);

    await release.run('uninstall');

    expect(await isThere(precious, release)).toBe(false);
  });

  test.each(
    PRECIOUS.flatMap(([what, precious]) =>
      [false, true].map((annotated): [string, boolean, Precious] => [what, annotated, precious]),
    ),
  )('rolls back to before the %s, which stays if it is annotated: %s', async (_, annotated, precious) => {
    const release = managerRelease(version, HELM_CHART);
    await release.install({ persistence: { type: 'ephemeral' } });
    await release.upgrade(precious.values(release));
    expect(await isThere(precious, release)).toBe(true);
    if (annotated) {
      await keep(precious, release);
    }

    await release.run('rollback', '1');

    expect(await isThere(precious, release)).toBe(annotated);
  });

  test('has, with --reset-then-reuse-values, the values given before and those that a later chart adds', async () => {
    const release = managerRelease(version, HELM_CHART);
    await release.install({ location: 'edge' });
    const upgrade = ['upgrade', release.name, await laterChart(), '--namespace', release.namespace];

    await expect(helm(version, [...upgrade, '--reuse-values'])).rejects.toThrow("missing property 'added'");
    await helm(version, [...upgrade, '--reset-then-reuse-values']);

    const values = parse(await release.run('get values', '--all', '--output', 'yaml'));
    expect(values).toMatchObject({ location: 'edge', added: 'x' });
  });
});

/** A later version of the chart, which has one more value. */
async function laterChart(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(HELM_CHART, folder, { recursive: true });
  const values = parse(await readFile(join(HELM_CHART, 'values.yaml'), 'utf8'));
  await writeFile(join(folder, 'values.yaml'), stringify({ ...values, added: 'x' }));
  const schema = JSON.parse(await readFile(join(HELM_CHART, 'values.schema.json'), 'utf8'));
  schema.properties.added = { type: 'string' };
  schema.required.push('added');
  await writeFile(join(folder, 'values.schema.json'), JSON.stringify(schema));
  return folder;
}
