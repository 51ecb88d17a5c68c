import { randomBytes } from 'node:crypto';
import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HelmVersion } from '../../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { createNamespace, kubectl } from '../../src/kubectl.ts';
import { helm } from '../../support/helm.ts';
import { HELM_CHART } from '../../support/helm-chart.ts';
import { buildHelm } from '../../support/helm-template.ts';
import { type ManagerRelease, managerRelease } from '../../support/manager-release.ts';
import { clusterScopedOf, contentsOf } from '../../support/release-contents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

const DEFAULT_IMAGE = `ghcr.io/cdk8s-multisite/cloudify-manager:${packageJson.version}`;

const CHANGED = {
  image: { tag: 'next' },
  resources: { limits: { cpu: '3' } },
  consulAddress: 'consul:8500',
};

async function managerImage(release: ManagerRelease): Promise<string | undefined> {
  return (await release.deployment()).spec?.template.spec?.containers[0]?.image;
}

/** Installed, its document written. */
async function written(
  version: HelmVersion,
  ...flags: string[]
): Promise<ManagerRelease & { document: string }> {
  const release = managerRelease(version, HELM_CHART);
  await release.install({ location: 'edge "01" $(X)', user: 'Köln' }, ...flags);
  expect(await release.kubeconfig()).toBeUndefined();
  return { ...release, document: await release.runInit() };
}

describe('helm v4', () => {
  test.each(['--server-side=true', '--server-side=false'])(
    'keeps the document through upgrade and rollback with %s, and changes the rest',
    async (flag) => {
      const release = await written('v4', flag);

      await release.upgrade({ ...CHANGED, location: 'edge "01" $(X)', user: 'Köln' }, flag);
      expect(await managerImage(release)).toMatch(/:next$/);
      expect(await release.kubeconfig()).toBe(release.document);

      await release.run('rollback', '1', flag);
      expect(await managerImage(release)).toBe(DEFAULT_IMAGE);
      expect(await release.kubeconfig()).toBe(release.document);
    },
  );

  test.each([
    ['--server-side=true', '--server-side=false'],
    ['--server-side=false', '--server-side=true'],
  ])('keeps the document when a release of %s is upgraded with %s', async (before, after) => {
    const release = await written('v4', before);

    await release.upgrade(CHANGED, after, `--force-conflicts=${after.endsWith('true')}`);

    expect(await managerImage(release)).toMatch(/:next$/);
    expect(await release.kubeconfig()).toBe(release.document);
  });

  test('keeps the document through server-side applies of its manifest by others', async () => {
    const release = await written('v4');
    const manifest = await release.run('get manifest');
    for (const flags of [['--force-conflicts'], []]) {
      const apply = ['apply', '--server-side', '--field-manager=gitops', '--validate=strict', '-f', '-'];
      await kubectl([...apply, ...flags], manifest);
      expect(await release.kubeconfig()).toBe(release.document);
    }
  });

  test('has no replace for a release that is applied on the server side', async () => {
    const release = await written('v4');

    await expect(release.upgrade(CHANGED, '--force-replace')).rejects.toThrow(
      'cannot use server-side apply and force replace together',
    );

    expect(await release.kubeconfig()).toBe(release.document);
  });

  test.each(['upgrade', 'rollback'])(
    'erases the document by %s --force-replace on the client side, and the next start of the pod writes it again',
    async (command) => {
      const release = await written('v4', '--server-side=false');
      await release.upgrade({ location: 'edge "01" $(X)', user: 'Köln' }, '--server-side=false');
      const flags = ['--force-replace', '--server-side=false'];

      await (command === 'upgrade'
        ? release.upgrade(CHANGED, ...flags)
        : release.run('rollback', '1', ...flags));

      expect(await release.kubeconfig()).toBeUndefined();
      expect(await release.runInit()).toContain(command === 'upgrade' ? 'name: central' : 'Köln');
    },
  );

  test('installs one release a namespace, and says why', async () => {
    const release = managerRelease('v4', HELM_CHART);
    await release.install();
    const second = [
      'install',
      'second',
      HELM_CHART,
      '--namespace',
      release.namespace,
      '--set',
      'name=second',
    ];

    await expect(helm('v4', second)).rejects.toThrow(
      /ConfigMap "multisite-kubeconfig-configmap" in namespace "[^"]*" exists and cannot be imported/,
    );
  });
});

describe('helm v3', () => {
  test('keeps the document through upgrade and rollback, and changes the rest', async () => {
    const release = await written('v3');

    await release.upgrade(CHANGED);
    expect(await managerImage(release)).toMatch(/:next$/);
    expect(await release.kubeconfig()).toBe(release.document);

    await release.run('rollback', '1');
    expect(await managerImage(release)).toBe(DEFAULT_IMAGE);
    expect(await release.kubeconfig()).toBe(release.document);
  });

  test.each(['upgrade', 'rollback'])('erases the document by %s --force', async (command) => {
    const release = await written('v3');
    await release.upgrade(CHANGED);

    await (command === 'upgrade' ? release.upgrade({}, '--force') : release.run('rollback', '1', '--force'));

    expect(await release.kubeconfig()).toBeUndefined();
  });

  test('hands on to helm v4 a release that --force-replace erases the document of', async () => {
    const release = await written('v3');
    const { name, namespace } = release;

    await helm('v4', ['upgrade', name, HELM_CHART, '--namespace', namespace, '--force-replace']);

    expect(await release.kubeconfig()).toBeUndefined();
  });

  test('hands its release on to helm v4, which keeps the document', async () => {
    const release = await written('v3');

    const { name, namespace } = release;
    await helm('v4', ['upgrade', name, HELM_CHART, '--namespace', namespace, '--set', 'image.tag=next']);

    expect(await managerImage(release)).toMatch(/:next$/);
    expect(await release.kubeconfig()).toBe(release.document);
  });
});

/** Of a chart that declares something in the ConfigMap's data, and then nothing any more. */
test.each<[HelmVersion, readonly string[], boolean]>([
  ['v4', [], true],
  ['v4', ['--server-side=false'], false],
  ['v3', [], false],
])('helm %s %j upgrades from data to none: keeps the document: %s', async (version, flags, kept) => {
  const withData = await temporaryFolder();
  await cp(HELM_CHART, withData, { recursive: true });
  await appendFile(
    join(withData, 'templates/configmap-kubeconfig.yaml'),
    'data: {note: none of the program}\n',
  );
  const before = managerRelease(version, withData);
  await before.install({}, ...flags);
  const document = await before.runInit();

  await helm(version, ['upgrade', before.name, HELM_CHART, '--namespace', before.namespace, ...flags]);

  expect(await before.kubeconfig()).toBe(kept ? document : undefined);
});

/** What the controller does of which there is none here: it keeps a claim while a pod has it. */
async function letClaimsGo(namespace: string): Promise<void> {
  const claims = await kubectl(['get', 'persistentvolumeclaims', '--namespace', namespace, '-o', 'name']);
  for (const claim of claims.split('\n').filter(Boolean)) {
    await kubectl([
      'patch',
      claim,
      '--namespace',
      namespace,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]);
  }
}

const PERSISTENCE: readonly [string, object][] = [
  ['a StorageClass', { persistence: { storageClass: 'fast', size: '8Gi' } }],
  ['a claim', { persistence: { type: 'claim', existingClaim: 'data', subPath: 'cm' } }],
  ['a directory of the node', { persistence: { type: 'hostPath', hostPath: '/data' } }],
  ['no persistence', { persistence: { type: 'ephemeral' }, imagePullSecrets: [{ name: 'pull' }] }],
];

test.each<[HelmVersion, string, object]>([
  ['v4', 'its defaults', {}],
  ['v3', 'its defaults', {}],
  ...PERSISTENCE.map(([what, values]): [HelmVersion, string, object] => ['v4', what, values]),
])('helm %s uninstalls a release with %s, and leaves nothing', async (version, _, values) => {
  const empty = `empty-${randomBytes(4).toString('hex')}`;
  await createNamespace(empty);
  const release = managerRelease(version, HELM_CHART);
  await release.install(values);
  await release.runInit();
  expect((await contentsOf(release.namespace)).length).toBeGreaterThan(9);

  await release.run('uninstall');
  await letClaimsGo(release.namespace);

  expect(await contentsOf(release.namespace)).toEqual(await contentsOf(empty));
  expect(await clusterScopedOf(release.namespace)).toEqual([]);
});
