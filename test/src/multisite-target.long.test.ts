import { randomBytes } from 'node:crypto';
import { CoreV1Api, KubeConfig, type V1Deployment, type V1Job, type V1Secret } from '@kubernetes/client-node';
import { App, type Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { runKubectl } from '../../devcluster/control-plane/kubectl.ts';
import {
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
  type MultisiteTarget,
  SiteCredential,
} from '../../src/index.ts';
import { requestToken } from '../../start/service-account.ts';
import { readWrittenKubeconfig, whoAmI } from '../../start/written-kubeconfig.ts';
import { podOf, secretVolume } from '../docs/pods.ts';
import { admin } from '../support/admin.ts';
import { kubeconfigOf } from '../support/kubeconfig-of.ts';
import { type Front, outerAddress, startFront } from '../support/tls-front.ts';
import { APPLY, createNamespace, kubectl } from './kubectl.ts';
import { newChart, podSpec, theOnly, yaml } from './manifests.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };
const REGISTRAR = 'edge-registrar';
const SITE = 'edge-site';

/** The cluster that has the kubeconfig. The one that the run shares is the site which registers itself. */
let central: ControlPlane;
let centralAdmin: KubeConfig;

beforeAll(async () => {
  central = await startControlPlane();
  centralAdmin = new KubeConfig();
  centralAdmin.loadFromFile(central.kubeconfig);
});
afterAll(() => central.stop());

/** Of both clusters, where each has a namespace of that name. */
let namespace: string;

beforeEach(async () => {
  namespace = `target-${randomBytes(4).toString('hex')}`;
  await createNamespace(namespace);
  await kubectlInCentral(['create', 'namespace', namespace]);
});

async function kubectlInCentral(args: readonly string[], stdin = ''): Promise<void> {
  const { exitCode, stderr } = await runKubectl(central.kubeconfig, args, { stdin });
  expect(exitCode, stderr).toBe(0);
}

/** The central chart of the guide: the kubeconfig, and who may keep it. */
function centralChart(app: App) {
  const chart = newChart(namespace, app, 'central');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const registrar = new kplus.ServiceAccount(chart, 'Registrar', { metadata: { name: REGISTRAR } });
  const role = new kplus.Role(chart, 'RegistrarRole', { metadata: { name: REGISTRAR } });
  role.allow(['get', 'patch', 'watch'], configMap);
  role.bind(registrar);
  return { chart, configMap };
}

/** What the chart of the site shares, however it writes its entry. */
function edgeChart(app: App, front: Front) {
  const chart = newChart(namespace, app, 'edge');
  const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: SITE } });
  const kubeconfig = kplus.Secret.fromSecretName(chart, 'Central', 'central');
  const caVolume = kplus.Volume.fromSecret(chart, 'Ca', kubeconfig, { name: 'ca' });
  const credential = SiteCredential.requested(site, {
    server: front.url,
    caVolume,
    caFile: 'edge-ca.crt',
  });
  const target: MultisiteTarget = { kubeconfig, context: 'central' };
  return { chart, credential, target };
}

/** The Secret that the guide has people make: a kubeconfig of the registrar, and the CA of the site's outer address. */
async function createCentralSecret(front: Front): Promise<Record<string, string>> {
  const token = await requestToken(centralAdmin, namespace, REGISTRAR);
  const metadata = { name: 'central', namespace };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
  const stringData = { kubeconfig: kubeconfigOf(central, token), 'edge-ca.crt': front.ca };
  await kubectl(APPLY, JSON.stringify({ ...secret, stringData }));
  const core = admin().makeApiClient(CoreV1Api);
  const { data = {} }: V1Secret = await core.readNamespacedSecret({ namespace, name: 'central' });
  return data;
}

/** Applies both charts, each to its cluster, and enters the pod of the site's. */
async function enterEdge(charts: { central: Chart; edge: Chart }, front: Front, account: string) {
  await kubectlInCentral(APPLY, yaml(charts.central));
  const folder = await secretVolume(await createCentralSecret(front));
  await kubectl(APPLY, yaml(charts.edge));
  const pod = await podOf(inject('controlPlane'), admin(), namespace, account);
  const mounts = { '/var/run/multisite/target': folder, '/var/run/multisite/credential': folder };
  return { pod, mounts };
}

/** As whom readers act, by what stands in the central cluster. */
async function reader(): Promise<string> {
  const name = MultisiteKubeconfig.DEFAULT_NAME;
  return whoAmI(await readWrittenKubeconfig(centralAdmin, namespace, name, 'kubeconfig'));
}

test('a site registers itself in another cluster as the guide has it, and stays there', async () => {
  const front = await startFront(outerAddress());
  const refreshPort = await freePort();
  const app = new App();
  const { chart: centralOf, configMap } = centralChart(app);
  const { chart, credential, target } = edgeChart(app, front);
  // No container of its own: the refresher is the only one.
  const deployment = new kplus.Deployment(chart, 'Registrar', {
    metadata: { name: 'registrar' },
    replicas: 1,
  });
  new MultisiteInit(chart, 'Init', {
    pod: deployment,
    configMap,
    target,
    location: 'edge',
    user: 'edge',
    credential,
    refresh: true,
    refreshPort,
  });
  const charts = { central: centralOf, edge: chart };
  const { pod, mounts } = await enterEdge(charts, front, 'registrar-multisite');
  const { initContainers, containers } = podSpec(chart, 'Deployment');
  const [init, refresher] = [initContainers?.[0], containers[0]];
  if (init === undefined || refresher === undefined) {
    throw new Error('the Deployment lacks a container');
  }

  const first = pod.start(init, mounts);
  await first.said(/^wrote context "edge"/);
  expect(await first.ended).toBe(0);
  expect(await reader()).toBe(`system:serviceaccount:${namespace}:${SITE}`);
  // Nothing of it is in the site's own cluster.
  expect(await kubectl(['-n', namespace, 'get', 'configmap', '-o', 'name'])).not.toContain('multisite');
  expect(theOnly<V1Deployment>(chart, 'Deployment').metadata?.namespace).toBe(namespace);

  const refreshing = pod.start(refresher, mounts);
  await refreshing.said(/^nothing to do/);
  const erased = JSON.stringify({ data: { kubeconfig: null } });
  const name = MultisiteKubeconfig.DEFAULT_NAME;
  await kubectlInCentral(['-n', namespace, 'patch', 'configmap', name, '--type=merge', '-p', erased]);
  await vi.waitFor(
    async () => expect(await reader()).toBe(`system:serviceaccount:${namespace}:${SITE}`),
    PATIENCE,
  );
});

test('a Job registers its site in another cluster', async () => {
  const front = await startFront(outerAddress());
  const app = new App();
  const { chart: centralOf, configMap } = centralChart(app);
  const { chart, credential, target } = edgeChart(app, front);
  const metadata = { name: 'register' };
  new MultisiteInitJob(chart, 'Init', {
    configMap,
    target,
    location: 'edge',
    user: 'edge',
    credential,
    metadata,
  });
  const charts = { central: centralOf, edge: chart };
  const { pod, mounts } = await enterEdge(charts, front, 'register');
  const [container] = theOnly<V1Job>(chart, 'Job').spec?.template.spec?.containers ?? [];
  if (container === undefined) {
    throw new Error('the Job has no container');
  }
  const running = pod.start(container, mounts);
  await running.said(/^wrote context "edge"/);
  expect(await running.ended).toBe(0);
  expect(await reader()).toBe(`system:serviceaccount:${namespace}:${SITE}`);
});
