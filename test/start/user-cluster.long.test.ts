import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { createSite } from '../support/site.ts';
import { done, endOf, FIRST_SITE, MAIN, NODE, PROOF, said, start, steps } from './start.ts';

/** Namespaces of earlier runs end only where a controller finishes them: here none does. */
async function liveNamespaces(): Promise<string[]> {
  const { items } = await admin().makeApiClient(CoreV1Api).listNamespace();
  return items
    .filter(({ metadata }) => metadata?.name?.startsWith('multisite-start-') && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata?.name ?? '');
}

/** What the control plane puts into every namespace, and takes away with it (where the namespace controller runs). */
const CONTROL_PLANES = ['default', 'kube-root-ca.crt'];

/** Nothing that a run creates is left anywhere in the cluster. */
async function expectNothingLeft(): Promise<void> {
  expect(await liveNamespaces()).toEqual([]);
  const core = admin().makeApiClient(CoreV1Api);
  const rbac = admin().makeApiClient(RbacAuthorizationV1Api);
  const lists = await Promise.all([
    core.listConfigMapForAllNamespaces(),
    core.listServiceAccountForAllNamespaces(),
    rbac.listRoleForAllNamespaces(),
    rbac.listRoleBindingForAllNamespaces(),
  ]);
  const left = lists
    .flatMap(({ items }) => items as { metadata?: { namespace?: string; name?: string } }[])
    .filter(({ metadata }) => metadata?.namespace?.startsWith('multisite-start-'))
    .filter(({ metadata }) => !CONTROL_PLANES.includes(metadata?.name ?? ''));
  expect(left).toEqual([]);
}

describe('npm start -- --context', () => {
  test('does the main job in a fresh namespace, and deletes exactly what it created', async () => {
    const env = { KUBECONFIG: inject('controlPlane').kubeconfig };
    const { exitCode, stdout, stderr } = await start(['--context', 'admin', '--yes'], env).ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(steps(stdout)).toEqual(done('build', 'namespace', ...FIRST_SITE, ...PROOF));
    expect(stdout).toMatch(
      /deleted ConfigMap, ServiceAccount, RoleBinding, Role, ServiceAccount, +\d+\.\d s\n +ConfigMap, Namespace\n/,
    );
    expect(stdout).not.toMatch(/Deployment|Service /);
    await expectNothingLeft();
  });

  test('deletes what it created after Ctrl-C', async () => {
    const env = { KUBECONFIG: inject('controlPlane').kubeconfig };
    const { child, ended } = start(['--context', 'admin', '--yes'], env);
    await said(child, /✓ apply/);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('Interrupted') });
    await expectNothingLeft();
  });

  test('asks first, and creates nothing without a yes', async () => {
    // `script` gives it a terminal to ask on.
    const child = spawn('script', ['-qec', `"${NODE}" "${MAIN}" --context admin`, '/dev/null'], {
      env: { ...process.env, KUBECONFIG: inject('controlPlane').kubeconfig },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = endOf(child);
    await said(child, /Continue\? \[y\/N\]/);
    child.stdin.end('n\n');
    expect(await ended).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('nothing was created'),
    });
    await expectNothingLeft();
  });

  test('without a terminal wants --yes', async () => {
    const env = { KUBECONFIG: inject('controlPlane').kubeconfig };
    const { exitCode, stderr } = await start(['--context', 'admin'], env).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: '\nthere is no terminal for the question\nGive --yes to continue without a question.\n',
    });
    await expectNothingLeft();
  });

  test('says which contexts there are', async () => {
    const env = { KUBECONFIG: inject('controlPlane').kubeconfig };
    const { exitCode, stderr } = await start(['--context', 'nowhere', '--yes'], env).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: '\nyour kubeconfig has no context "nowhere"\nGive one of its contexts: admin.\n',
    });
  });

  test('that may not do it says what is forbidden, and leaves nothing', async () => {
    const site = await createSite();
    const { exitCode, stdout, stderr } = await start(
      ['--context', 'poor', '--yes'],
      await poorContext(site.token),
    ).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/could not create Namespace multisite-start-\w+: 403 namespaces is forbidden/);
    expect(stdout).toContain('nothing was created');
    await expectNothingLeft();
  });
});

describe('npm start -- --context with a cluster that no pod could reach like that', () => {
  test.each([
    ['no URL', { server: 'nowhere' }, /is not a URL: "nowhere"/],
    [
      'a path',
      { server: 'https://rancher.example/k8s/clusters/c-1' },
      /https, a host and a port, without a path/,
    ],
    ['plain HTTP', { server: 'http://127.0.0.1:8001' }, /https, a host and a port, without a path/],
    ['no CA', { caFile: undefined }, /has no certificate-authority/],
    [
      'a CA file that is gone',
      { caFile: '/nowhere/ca.crt' },
      /the CA file of context "poor" cannot be read: ENOENT/,
    ],
    ['a proxy', { proxyUrl: 'http://127.0.0.1:3128' }, /has proxy-url or tls-server-name/],
  ])('%s', async (_, cluster, message) => {
    const { exitCode, stderr } = await start(['--context', 'poor', '--yes'], await poorContext('t', cluster))
      .ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('npm start -- --context with rights to create, but not to delete', () => {
  test('names what is left to delete by hand', async () => {
    const rbac = admin().makeApiClient(RbacAuthorizationV1Api);
    const site = await createSite();
    const name = site.namespace;
    const creatorOf = (apiGroup: string, ...resources: string[]) => ({
      apiGroups: [apiGroup],
      resources,
      verbs: ['create', 'get', 'patch', 'bind', 'escalate'],
    });
    await rbac.createClusterRole({
      body: {
        metadata: { name },
        rules: [
          creatorOf('', 'namespaces', 'configmaps', 'serviceaccounts', 'serviceaccounts/token'),
          creatorOf('rbac.authorization.k8s.io', 'roles', 'rolebindings'),
        ],
      },
    });
    await rbac.createClusterRoleBinding({
      body: {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', namespace: site.namespace, name: site.serviceAccount }],
      },
    });
    onTestFinished(() => removeLeftovers());
    const { exitCode, stdout, stderr } = await start(
      ['--context', 'poor', '--yes'],
      await poorContext(site.token),
    ).ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ clean up/);
    for (const kind of ['ConfigMap', 'ServiceAccount', 'Role', 'RoleBinding', 'Namespace']) {
      expect(stderr).toMatch(new RegExp(`could not delete ${kind} (multisite-start-\\w+)?.*: 403`));
    }
  });
});

/** An environment whose kubeconfig has the one context `poor`, of this bearer. */
async function poorContext(token: string, cluster: Partial<Cluster> = {}): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'start-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { url, caFile } = inject('controlPlane');
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromOptions({
    clusters: [{ name: 'c', server: url, caFile, skipTLSVerify: false, ...cluster }],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'poor', cluster: 'c', user: 'u' }],
    currentContext: 'poor',
  });
  await writeFile(join(folder, 'config'), kubeconfig.exportConfig());
  return { KUBECONFIG: join(folder, 'config') };
}

/** What a run was not allowed to delete, for the tests that expect nothing. */
async function removeLeftovers(): Promise<void> {
  const core = admin().makeApiClient(CoreV1Api);
  const rbac = admin().makeApiClient(RbacAuthorizationV1Api);
  for (const namespace of await liveNamespaces()) {
    await core.deleteCollectionNamespacedConfigMap({ namespace });
    await core.deleteCollectionNamespacedServiceAccount({ namespace });
    await rbac.deleteCollectionNamespacedRole({ namespace });
    await rbac.deleteCollectionNamespacedRoleBinding({ namespace });
    await core.deleteNamespace({ name: namespace });
  }
}
