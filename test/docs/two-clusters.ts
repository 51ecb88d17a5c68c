import { randomBytes } from 'node:crypto';
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1Deployment } from '@kubernetes/client-node';
import { expect, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { type ControlPlaneFacts, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { requestToken } from '../../start/service-account.ts';
import { admin } from '../support/admin.ts';
import { outerAddress, startFront } from '../support/tls-front.ts';
import { type Access, adminOf, type Desk, sitDown } from './desk.ts';
import { type Pod, podOf } from './pods.ts';

/** The names of `dist/`. */
export const NAMESPACE = 'cloudify';
export const MANAGER = 'dcae-cloudify-manager';
export const CONFIG_MAP = 'multisite-kubeconfig-configmap';

/** Two clusters: `central` is of one test alone, `edge` and `harbour` are the one that the run shares. */
export interface World {
  readonly central: ControlPlaneFacts;
  readonly centralAdmin: KubeConfig;
  /** Where readers reach edge and harbour: not on loopback, which --server refuses. */
  readonly edge: Access & { readonly user: { readonly token: string } };
  readonly desk: Desk;
  document(): Promise<string | undefined>;
  /** The contexts of the document. */
  sites(): Promise<string[]>;
}

/** Starts central, with the manifests of `dist/`; it ends with the test. */
export async function createWorld(): Promise<World> {
  const central = await startControlPlane({ controllers: true });
  onTestFinished(() => central.stop());
  const centralAdmin = new KubeConfig();
  centralAdmin.loadFromFile(central.kubeconfig);
  const front = await startFront(outerAddress());
  const edge = { server: front.url, ca: front.ca, user: { token: await edgeAdmin() } };
  const desk = await sitDown({ central: adminOf(central), edge, harbour: edge });
  await desk.type('kubectl apply -f dist/');
  const core = centralAdmin.makeApiClient(CoreV1Api);
  const document = async () =>
    (await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: CONFIG_MAP })).data?.kubeconfig;
  const sites = async () => contextsOf((await document()) ?? '');
  return { central, centralAdmin, edge, desk, document, sites };
}

/** The front takes no client certificates along. */
async function edgeAdmin(): Promise<string> {
  const kubeConfig = admin();
  const name = `docs-${randomBytes(4).toString('hex')}`;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name } } });
  await kubeConfig.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
    },
  });
  return requestToken(kubeConfig, 'default', name);
}

export function contextsOf(document: string): string[] {
  return (parse(document)?.contexts ?? []).map(({ name }: { name: string }) => name).sort();
}

export const until = (condition: () => Promise<void> | void) =>
  vi.waitFor(condition, { timeout: 20_000, interval: 50 });

export async function managerIn({ desk }: World): Promise<V1Deployment> {
  return JSON.parse(await desk.type(`kubectl -n ${NAMESPACE} get deployment ${MANAGER} -o json`));
}

/** The surroundings of the manager's pod. */
export async function managersPod(world: World, terminationLog?: string): Promise<Pod> {
  const account = podAccount(await managerIn(world));
  return podOf(world.central, world.centralAdmin, NAMESPACE, account, terminationLog);
}

/** Runs the manager's init container to its end. */
export async function runInit(world: World): Promise<void> {
  const pod = await managersPod(world);
  expect(await pod.start(initContainer(await managerIn(world))).ended).toBe(0);
}
