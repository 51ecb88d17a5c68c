import { mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  type V1Deployment,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type HelmVersion, helmBinary } from '../../devcluster/builds/helm.ts';
import {
  COLD_START_TIMEOUT_MS,
  type ControlPlane,
  type ControlPlaneFacts,
  startControlPlane,
} from '../../devcluster/control-plane/control-plane.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { CONFIG_MAP } from '../support/site.ts';
import { openBook } from './book.ts';
import { adminOf, type Desk, sitDown } from './desk.ts';
import { MIGRATION } from './migration.ts';
import { podOf } from './pods.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('how to move', () => {
  const configMap = { namespace: 'onap', name: CONFIG_MAP };
  const claim = { namespace: 'onap', name: 'dev-dcae-cloudify-manager-data' };
  let central: ControlPlane;
  let admin: KubeConfig;
  let core: CoreV1Api;

  beforeAll(async () => {
    await helmBinary('v4');
    await helmBinary('v3');
  }, COLD_START_TIMEOUT_MS);

  beforeEach(async () => {
    central = await startControlPlane({ controllers: true });
    onTestFinished(() => central.stop());
    admin = new KubeConfig();
    admin.loadFromFile(central.kubeconfig);
    core = admin.makeApiClient(CoreV1Api);
  });

  /** With the original chart installed, and a kubeconfig that it wrote, and to which a site was added since. */
  async function deskWithOriginal(helm: HelmVersion): Promise<Desk> {
    const desk = await sitDown({ central: adminOf(central) });
    await symlink(await helmBinary(helm), join(desk.folder, 'bin/helm'));
    await writeOldChart(desk);
    await desk.type('kubectl create namespace onap && helm -n onap install dev old');
    const current = await core.readNamespacedConfigMap(configMap);
    const data = { kubeconfig: documentOf(central) };
    await core.replaceNamespacedConfigMap({ ...configMap, body: { ...current, data } });
    return desk;
  }

  /** The objects that are to stay, all of them of the original chart. */
  async function kept() {
    const { data } = await core.readNamespacedConfigMap(configMap);
    const { metadata } = await core.readNamespacedPersistentVolumeClaim(claim);
    const { status } = await core.readNamespace({ name: 'dcae' });
    return { data, claim: metadata?.uid, deleted: metadata?.deletionTimestamp, namespace: status?.phase };
  }

  async function deployments(): Promise<V1Deployment[]> {
    return (await admin.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: 'onap' })).items;
  }

  test('the app and the commands put the new manager in the place of the old one', async () => {
    const book = await openBook(MIGRATION);
    const desk = await deskWithOriginal('v4');
    const before = await kept();
    expect(before.namespace).toBe('Active');

    // Typed by images.container.test.ts.
    const image = / -t (\S+)/.exec(book.take('sh', 'docker build'))?.[1];
    await recordOfHelm2(core, 'dev');
    await recordOfHelm2(core, 'other');

    const found = await desk.type(book.take('sh', 'get secrets'));
    expect(found.match(/^\S*dev\.v1/gm)).toEqual(['sh.helm.release.v1.dev.v1', 'dev.v1']);
    await writeNewApp(desk, book.take('ts', 'new CloudifyManager('));
    await desk.type('(cd app && node main.mts) && rm -r dist && mv app/dist dist');
    const listed = await desk.type(book.take('sh', 'get deployment,service'));
    expect(listed.match(/^\S+\/\S+/gm)).toEqual([
      'deployment.apps/dev-dcae-cloudify-manager',
      'service/consul',
      'service/dcae-cloudify-manager',
    ]);
    await desk.type(book.take('sh', '> sites.backup'));
    expect((await stat(join(desk.folder, 'sites.backup'))).mode & 0o777).toBe(0o600);
    await desk.type(book.take('sh', 'owner=helm'));
    await desk.type(book.take('sh', 'OWNER=TILLER'));
    await desk.type(book.take('sh', 'kubectl apply'));
    expect(book.rest('sh', 'ts')).toEqual([]);

    expect(await desk.type('helm -n onap list --short')).toBe('');
    const { items } = await core.listNamespacedConfigMap({ namespace: 'kube-system' });
    expect(
      items.filter(({ metadata }) => metadata?.labels?.OWNER).map(({ metadata }) => metadata?.name),
    ).toEqual(['other.v1']);
    const jobs = await admin.makeApiClient(BatchV1Api).listNamespacedJob({ namespace: 'onap' });
    expect(jobs.items).toEqual([]);
    expect(await kept()).toEqual(before);
    const [manager, ...others] = await deployments();
    expect(others).toEqual([]);
    if (manager === undefined) {
      throw new Error('there is no manager');
    }
    expect(manager.metadata?.name).toBe('dcae-cloudify-manager');
    expect(manager.spec?.template.spec?.containers[0]?.image).toBe(image);
    expect(manager.spec?.template.spec?.volumes).toContainEqual(
      expect.objectContaining({ persistentVolumeClaim: { claimName: claim.name } }),
    );
    const { spec } = await core.readNamespacedService({ namespace: 'onap', name: 'dcae-cloudify-manager' });
    expect(manager.spec?.template.metadata?.labels).toMatchObject(spec?.selector ?? {});
    expect(Object.keys(spec?.selector ?? {})).toHaveLength(1);

    const pod = await podOf(central, admin, 'onap', podAccount(manager));
    expect(await pod.start(initContainer(manager)).ended).toBe(0);
    const { users } = parse((await kept()).data?.kubeconfig ?? '');
    const tokens = users.map(({ name, user }: { name: string; user: { token: string } }) => [
      name,
      user.token,
    ]);
    expect(tokens).toEqual([
      ['user00', expect.stringMatching(/^eyJ/)],
      ['edge', 'edge.token'],
    ]);
  });

  test.each(['v4', 'v3'] as const)(
    'an upgrade by Helm %s keeps what is annotated in the cluster',
    async (helm) => {
      const desk = await deskWithOriginal(helm);
      const before = await kept();
      const keep = 'helm.sh/resource-policy=keep';
      await desk.type(`kubectl -n onap annotate configmap/${configMap.name} pvc/${claim.name} ${keep}`);
      await desk.type(`kubectl annotate namespace/dcae ${keep}`);
      await desk.type('helm -n onap upgrade dev old --no-hooks --set enabled=false');
      expect(await deployments()).toEqual([]);
      expect(await kept()).toEqual(before);
    },
  );
});

/** What Tiller of Helm 2 keeps of a release: there is no Helm 2 to be had here. */
async function recordOfHelm2(core: CoreV1Api, release: string): Promise<void> {
  const labels = { NAME: release, OWNER: 'TILLER', STATUS: 'DEPLOYED', VERSION: '1' };
  const body = { metadata: { name: `${release}.v1`, labels } };
  await core.createNamespacedConfigMap({ namespace: 'kube-system', body });
}

/** In a project that has installed this package and what it asks for. */
async function writeNewApp({ folder, write }: Desk, text: string): Promise<void> {
  await mkdir(join(folder, 'app/node_modules'), { recursive: true });
  await symlink(ROOT, join(folder, 'app/node_modules/cdk8s-multisite'));
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'constructs']) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'app/node_modules', name));
  }
  await write('app/main.mts', text);
}

/** What the chart of Dublin installed, and the hook of a later one. */
async function writeOldChart(desk: Desk): Promise<void> {
  const labels = { app: 'dcae-cloudify-manager', chart: 'old-6.0.0', release: 'dev', heritage: 'Helm' };
  const selector = { app: labels.app, release: labels.release };
  const container = { name: labels.app, image: 'registry.example/onap/cm-container:1.6.2' };
  const template: V1PodTemplateSpec = { metadata: { labels }, spec: { containers: [container] } };
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dcae' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'dev-dcae-cloudify-manager', labels },
      spec: { selector: { matchLabels: selector }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dcae-cloudify-manager', labels },
      spec: { selector, ports: [{ port: 80 }] },
    },
    ...['onap', 'dcae'].map((namespace) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'consul', namespace, labels },
      spec: { type: 'ExternalName', externalName: 'consul-server.onap.svc.cluster.local' },
    })),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: CONFIG_MAP, labels } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'dev-dcae-cloudify-manager-data', labels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '4Gi' } } },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'dev-cleanup', annotations: { 'helm.sh/hook': 'pre-delete' } },
      spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
    },
  ];
  await mkdir(join(desk.folder, 'old/templates'), { recursive: true });
  await desk.write('old/Chart.yaml', stringify({ apiVersion: 'v2', name: 'old', version: '6.0.0' }));
  await desk.write('old/values.yaml', stringify({ enabled: true }));
  const documents = objects.map((object) => stringify(object)).join('---\n');
  await desk.write('old/templates/all.yaml', `{{ if .Values.enabled }}\n${documents}{{ end }}\n`);
}

function documentOf({ url, ca }: ControlPlaneFacts): string {
  const certificateAuthority = Buffer.from(ca.trim()).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    clusters: [
      { name: 'central', cluster: { server: url, 'certificate-authority-data': certificateAuthority } },
      { name: 'edge', cluster: { server: 'https://edge.example:6443' } },
    ],
    contexts: [
      { name: 'central', context: { cluster: 'central', user: 'user00' } },
      { name: 'edge', context: { cluster: 'edge', user: 'edge' } },
    ],
    users: [
      { name: 'user00', user: { token: 'old.token' } },
      { name: 'edge', user: { token: 'edge.token' } },
    ],
    'current-context': 'central',
  });
}
