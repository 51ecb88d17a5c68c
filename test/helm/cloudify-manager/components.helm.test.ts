import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BatchV1Api, CoreV1Api, KubeConfig, type V1Job } from '@kubernetes/client-node';
import { beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { kubernetesBinary } from '../../../devcluster/builds/kubernetes.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import { requestToken } from '../../../start/service-account.ts';
import { APPLY, canI, createNamespace, kubectl } from '../../src/kubectl.ts';
import { admin } from '../../support/admin.ts';
import { HELM_CHART } from '../../support/helm-chart.ts';
import { buildHelm, HELM_VERSIONS } from '../../support/helm-template.ts';
import { type ManagerRelease, managerRelease } from '../../support/manager-release.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const core = admin().makeApiClient(CoreV1Api);
const batch = admin().makeApiClient(BatchV1Api);

const SITE = 'dcae-cloudify-manager-site';
const CLEANUP = 'dcae-cloudify-manager-cleanup';

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

/** Whether the site's account may deploy to a namespace. */
function mayDeploy(release: ManagerRelease, namespace: string): Promise<boolean> {
  const as = `system:serviceaccount:${release.namespace}:${SITE}`;
  return canI(['create', 'deployments.apps', '--namespace', namespace, '--as', as]);
}

test('components bring their namespace and the rights to deploy there, which go with the release', async () => {
  const release = managerRelease('v4', HELM_CHART);
  const namespace = `${release.namespace}-apps`;
  await release.install();
  expect(await mayDeploy(release, namespace)).toBe(false);

  await release.upgrade({ components: { namespace } });
  expect(await mayDeploy(release, namespace)).toBe(true);
  expect(await mayDeploy(release, release.namespace)).toBe(false);
  const alias = await core.readNamespacedService({ namespace, name: 'dcae-cloudify-manager' });
  expect(alias.spec?.externalName).toBe(`dcae-cloudify-manager.${release.namespace}.svc.cluster.local`);

  await release.run('uninstall');
  expect(await mayDeploy(release, namespace)).toBe(false);
  const { metadata, status } = await core.readNamespace({ name: namespace });
  expect(metadata?.deletionTimestamp).toBeDefined();
  expect(status?.phase).toBe('Terminating');
});

test('a namespace that exists stays, without the rights', async () => {
  const release = managerRelease('v4', HELM_CHART);
  const namespace = `${release.namespace}-apps`;
  await createNamespace(namespace);
  await release.install({ components: { namespace, create: false } });
  expect(await mayDeploy(release, namespace)).toBe(true);

  await release.run('uninstall');

  expect(await mayDeploy(release, namespace)).toBe(false);
  expect((await core.readNamespace({ name: namespace })).status?.phase).toBe('Active');
  const rest = ['get', 'roles,rolebindings,services', '--namespace', namespace, '-o', 'name'];
  expect(await kubectl(rest)).toBe('');
});

/** What Cloudify's Kubernetes plugin deploys, and what others have in the same namespace. */
async function deployComponents(namespace: string): Promise<void> {
  const containers = [{ name: 'c', image: 'registry.example/c:1' }];
  const workload = (apiVersion: string, kind: string, name: string, label?: string) => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { app: name, ...(label && { [label]: 'some-deployment' }) } },
    ...(kind === 'Deployment' && {
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers } },
      },
    }),
  });
  const items = ['cfydeployment', undefined].flatMap((label, index) => [
    workload('apps/v1', 'Deployment', `deployment-${index}`, label),
    workload('v1', 'ConfigMap', `configmap-${index}`, label),
    workload('v1', 'Secret', `secret-${index}`, label),
  ]);
  await kubectl(APPLY, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

async function components(namespace: string): Promise<string[]> {
  const names = await kubectl([
    'get',
    'deployments,configmaps,secrets',
    '-n',
    namespace,
    '-o',
    'name',
    '-l',
    'app',
  ]);
  return names.split('\n').filter(Boolean);
}

/** What the kubelet would do of which there is none here: run the container as its pod's ServiceAccount. */
async function runContainer(job: V1Job): Promise<void> {
  const spec = job.spec?.template.spec;
  const [container] = spec?.containers ?? [];
  expect(container?.command).toEqual(['kubectl']);
  expect(spec?.automountServiceAccountToken).toBe(true);
  const { url, caFile } = inject('controlPlane');
  const token = await requestToken(admin(), job.metadata?.namespace ?? '', spec?.serviceAccountName ?? '');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'site', server: url, caFile, skipTLSVerify: false },
    { name: 'site', token },
  );
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config'), kubeConfig.exportConfig());
  const program = await kubernetesBinary('kubectl');
  await promisify(execFile)(program, container?.args ?? [], {
    env: { HOME: folder, KUBECONFIG: join(folder, 'config') },
  });
}

/** What the Job controller would do of which there is none here. */
async function complete({ metadata }: V1Job): Promise<void> {
  const at = new Date();
  const condition = { status: 'True', lastProbeTime: at, lastTransitionTime: at };
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ ...condition, type }));
  const status = { conditions, startTime: at, completionTime: at, succeeded: 1 };
  const { name = '', namespace = '' } = metadata ?? {};
  const patch = JSON.stringify({ status });
  await kubectl(['patch', 'job', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
}

test.each(HELM_VERSIONS)('helm %s cleans up before it uninstalls, if it is told to', async (version) => {
  const release = managerRelease(version, HELM_CHART);
  const namespace = `${release.namespace}-apps`;
  await createNamespace(namespace);
  await release.install({ components: { namespace, create: false }, cleanup: { enabled: true } });
  await deployComponents(namespace);
  await expect(cleanupJob(release)).rejects.toMatchObject({ code: 404 });

  const uninstalled = release.run('uninstall', '--timeout', '60s');
  onTestFinished(async () => void (await uninstalled.catch(() => undefined)));
  const job = await vi.waitUntil(() => cleanupJob(release).catch(() => undefined), { timeout: 20_000 });
  await runContainer(job);
  expect(await components(namespace)).toEqual([
    'deployment.apps/deployment-1',
    'configmap/configmap-1',
    'secret/secret-1',
  ]);
  expect(await mayDeploy(release, namespace)).toBe(true);
  await complete(job);
  await uninstalled;

  await expect(cleanupJob(release)).rejects.toMatchObject({ code: 404 });
  expect(await mayDeploy(release, namespace)).toBe(false);
});

test('the pod that cleans up is restricted', async () => {
  const release = managerRelease('v4', HELM_CHART);
  await createNamespace(release.namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const values = { components: { namespace: `${release.namespace}-apps` }, cleanup: { enabled: true } };
  await release.install(values);
  const { spec } = parse((await release.run('get hooks')).replace(/^---$/m, '')) as V1Job;
  const metadata = { name: 'cleanup', namespace: release.namespace };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec?.template.spec };

  expect(await kubectl([...APPLY, '--dry-run=server'], JSON.stringify(pod))).toContain('pod/cleanup created');
});

test('a name of 55 characters leaves room for the Job’s, and a longer one is refused', async () => {
  const release = managerRelease('v4', HELM_CHART);
  const values = (length: number) => ({
    name: 'a'.repeat(length),
    components: { namespace: `${release.namespace}-apps` },
    cleanup: { enabled: true },
  });
  await expect(release.install(values(56))).rejects.toThrow('name has 56 characters');
  await release.install(values(55));

  const job = (await release.run('get hooks')).replace(/^---$/m, '');

  expect(await kubectl([...APPLY, '--dry-run=server'], job)).toContain('created');
});

test('a cleanup that fails keeps the release, and --no-hooks does without it', async () => {
  const release = managerRelease('v4', HELM_CHART);
  const namespace = `${release.namespace}-apps`;
  await release.install({ components: { namespace }, cleanup: { enabled: true } });

  await expect(release.run('uninstall', '--timeout', '1s')).rejects.toThrow('cleanup');
  // The cluster deletes it then.
  expect((await cleanupJob(release)).spec?.ttlSecondsAfterFinished).toBe(3600);
  expect((await release.deployment()).metadata?.deletionTimestamp).toBeUndefined();

  await release.run('uninstall', '--no-hooks');
  await expect(release.run('status')).rejects.toThrow('not found');
});

function cleanupJob({ namespace }: ManagerRelease): Promise<V1Job> {
  return batch.readNamespacedJob({ namespace, name: CLEANUP });
}
