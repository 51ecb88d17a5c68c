import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { followProcess } from '../support/follow-process.ts';
import { createSite } from '../support/site.ts';
import { endOf, MAIN, NODE, npmStart, said, start, steps } from './start.ts';

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

/** From the manifests to the registration of the site that they are for. */
const FIRST_SITE = ['synth', 'apply', 'by hand', 'credentials', 'central'];
/** What all sites together have written, and what it is good for. */
const PROOF = ['kubeconfig', 'diff', 'identity', 'second run', 'clean up'];

const done = (...names: string[]) => names.map((name) => `✓ ${name}`);

describe('npm start', () => {
  test('lets two API servers of its own write themselves into one kubeconfig, and proves what came of it', async () => {
    const { exitCode, stdout, stderr } = await npmStart([]).ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(steps(stdout)).toEqual(done('control planes', 'build', ...FIRST_SITE, 'edge', ...PROOF));
    for (const line of stdout.split('\n').filter((step) => step.startsWith('  ✓'))) {
      expect(line).toMatch(/ \d+\.\d s$/);
    }
    expect(stdout).not.toContain('\x1b');

    // Each site is told, written and marked as new with its own address.
    const [central, edge] = ['central', 'edge'].map(
      (site) => new RegExp(`^ +${site} +(https://127\\.0\\.0\\.1:\\d+)$`, 'm').exec(stdout)?.[1],
    );
    expect(central).not.toBe(edge);
    for (const [site, url] of Object.entries({ central, edge })) {
      expect(stdout).toContain(`wrote context "${site}" (${url}, `);
      expect(stdout).toContain(`+       server: ${url}\n      +     name: ${site}\n`);
    }
    // The first site is as it was entered, the comment too.
    expect(stdout).toContain('        # The clusters of the port. Please ask Ines before you change one.\n');
    expect(stdout).toContain('          - name: harbour      # the rack in warehouse 3\n');
    expect(stdout.match(/token: \(redacted\)/g)).toHaveLength(3);
    expect(stdout).toMatch(/22 lines added, all 378 bytes from before unchanged/);
    expect(stdout).toMatch(/central {2}system:serviceaccount:cloudify:dcae-cloudify-manager-site\n/);
    expect(stdout).toMatch(/edge {5}system:serviceaccount:multisite:edge-site\n/);
    expect(stdout).toMatch(
      /nothing to do, nothing written .*\n +the ConfigMap is still at resourceVersion \d+\n/,
    );
  });

  // SIGINT is Ctrl-C, SIGHUP a terminal that was closed.
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('cleans up after %s', async (signal, code) => {
    const { child, ended } = start([]);
    await said(child, /✓ control planes/);
    child.kill(signal);
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(code);
    expect(stdout).toContain('both control planes stopped, their folders removed');
    expect(stderr).toContain('Interrupted; everything is cleaned up.');
    const urls = [...stdout.matchAll(/https:\/\/127\.0\.0\.1:\d+/g)];
    expect(urls).toHaveLength(2);
    for (const [url] of urls) {
      await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
  });
});

test('npm start cleans up when nobody reads it any more', async () => {
  const child = spawn(NODE, [MAIN], { stdio: ['ignore', 'pipe', 'pipe'] });
  await said(child, /✓ control planes/);
  child.stdout.destroy();
  const { exitCode, stderr } = await followProcess(child).ended;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 141,
    stderr: '\nInterrupted; everything is cleaned up.\n',
  });
});

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
    await said(child, /Go on\? \[y\/N\]/);
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
      stderr: '\nthere is no terminal to ask on\nGive --yes to go on without a question.\n',
    });
    await expectNothingLeft();
  });

  test('says which contexts there are', async () => {
    const env = { KUBECONFIG: inject('controlPlane').kubeconfig };
    const { exitCode, stderr } = await start(['--context', 'nowhere', '--yes'], env).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: '\nyour kubeconfig has no context "nowhere"\nIt has admin.\n',
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
    expect(stdout).toContain('nothing had been created');
    await expectNothingLeft();
  });
});

describe('npm start -- --context with a cluster that no pod could reach like that', () => {
  test.each([
    ['no URL', { server: 'nowhere' }, /has no URL, but "nowhere"/],
    ['a path', { server: 'https://rancher.example/k8s/clusters/c-1' }, /https, host and port alone/],
    ['plain HTTP', { server: 'http://127.0.0.1:8001' }, /https, host and port alone/],
    ['no CA', { caFile: undefined }, /names no certificate-authority/],
    [
      'a CA file that is gone',
      { caFile: '/nowhere/ca.crt' },
      /the CA file of context "poor" cannot be read: ENOENT/,
    ],
    ['a proxy', { proxyUrl: 'http://127.0.0.1:3128' }, /is reached by a proxy/],
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

describe('the command line', () => {
  test('--help', async () => {
    const { exitCode, stdout } = await start(['--help']).ended;
    expect({ exitCode, start: stdout.split('\n')[0] }).toEqual({
      exitCode: 0,
      start: 'npm start - the main job, on a real Kubernetes API server',
    });
  });

  test.each([
    [['--nonsense'], /unknown flag --nonsense\nRun `npm start -- --help`/],
    [['--yes'], /--yes needs --context\nGive --context too/],
    [['--context='], /--context is empty/],
    [['--node', '--context=admin'], /--node and --context exclude each other\nGive one of them/],
  ])('%s', async (args, message) => {
    const { exitCode, stderr } = await start(args).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
