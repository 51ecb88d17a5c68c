import { randomBytes } from 'node:crypto';
import {
  AuthorizationV1Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  type V1Pod,
  type V1PolicyRule,
} from '@kubernetes/client-node';
import { expect, inject, vi } from 'vitest';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';

import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const GATE = 'example.com/hold';

/** All that metainit may do. */
export const RULES: readonly V1PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
];

export interface PodOptions {
  /** @default - the label of the field */
  readonly labels?: Readonly<Record<string, string>>;
  readonly gates?: readonly string[];
  readonly finalizers?: readonly string[];
  readonly namespace?: string;
}

/** Namespaces and a label of its own on the shared API server, and a ServiceAccount that runs metainit. */
export interface Field {
  readonly kubeConfig: KubeConfig;
  readonly core: CoreV1Api;
  readonly namespace: string;
  /** A key that no other test has, since metainit looks at all namespaces. */
  readonly label: string;
  readonly serviceAccount: string;
  readonly token: string;
  /** Folder with `token` and `ca.crt`, as mounted. */
  readonly directory: string;
  /** The environment of metainit's pod. */
  readonly env: Readonly<Record<string, string>>;
  createNamespace(): Promise<string>;
  createPod(name: string, options?: PodOptions): Promise<V1Pod>;
  /** Creates this number of pods, and returns their names. @param atOnce how many at the same time, @default 8 */
  createPods(count: number, options?: PodOptions, atOnce?: number): Promise<string[]>;
  pod(name: string, namespace?: string): Promise<V1Pod>;
  /** The names of the gates that a pod has. */
  gates(name: string, namespace?: string): Promise<string[]>;
  /** Sets labels of a pod, and takes those away that are null. */
  setLabels(name: string, labels: Readonly<Record<string, string | null>>): Promise<void>;
  /** The Events on a pod. */
  events(pod: V1Pod): Promise<CoreV1Event[]>;
  /** The names of the pods with the label that have gates, in all namespaces. */
  heldPods(): Promise<string[]>;
  allow(rules: readonly V1PolicyRule[], namespace?: string): Promise<void>;
}

/** Gives metainit these rights, for all namespaces. The objects stay for the life of the control plane. */
export async function createField(
  rules: readonly V1PolicyRule[] = RULES,
  controlPlane: ControlPlaneFacts = inject('controlPlane'),
): Promise<Field> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const id = randomBytes(4).toString('hex');
  const label = `test-${id}.example.com/initializer`;
  let namespaces = 0;
  const createNamespace = async () => {
    namespaces += 1;
    const name = `held-${id}-${namespaces}`;
    await core.createNamespace({ body: { metadata: { name } } });
    // Pods need one, and the controller that makes `default` takes its time.
    const body = { metadata: { name: ACCOUNT } };
    await core.createNamespacedServiceAccount({ namespace: name, body });
    return name;
  };
  const namespace = await createNamespace();
  const token = await requestToken(kubeConfig, namespace, ACCOUNT);
  const directory = await temporaryFolder();
  await writeServiceAccount(directory, token, controlPlane.ca);
  const allow = (more: readonly V1PolicyRule[], of?: string) => allowAccount(kubeConfig, namespace, more, of);
  if (rules.length > 0) {
    await allow(rules);
  }
  const createPod = (name: string, options: PodOptions = {}) =>
    core.createNamespacedPod({
      namespace: options.namespace ?? namespace,
      body: podOf(name, { labels: { [label]: '' }, ...options }),
    });
  const pod = (name: string, of = namespace) => core.readNamespacedPod({ namespace: of, name });
  const gates = async (name: string, of?: string) =>
    ((await pod(name, of)).spec?.schedulingGates ?? []).map((gate) => gate.name);
  return {
    kubeConfig,
    core,
    namespace,
    label,
    serviceAccount: ACCOUNT,
    token,
    directory,
    env: {
      KUBERNETES_SERVICE_HOST: controlPlane.host,
      KUBERNETES_SERVICE_PORT: String(controlPlane.port),
      SERVICE_ACCOUNT_DIRECTORY: directory,
    },
    createNamespace,
    createPod,
    createPods: async (count, options, atOnce = 8) => {
      const names = Array.from({ length: count }, (_, index) => `pod-${index}`);
      const left = names.values();
      const create = async () => {
        for (const name of left) {
          await createPod(name, options);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, create));
      return names;
    },
    pod,
    gates,
    setLabels: async (name, labels) => {
      await core.patchNamespacedPod(
        { namespace, name, body: { metadata: { labels } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    },
    events: async ({ metadata }) => {
      const fieldSelector = `involvedObject.uid=${metadata?.uid}`;
      const { items } = await core.listNamespacedEvent({
        namespace: metadata?.namespace ?? namespace,
        fieldSelector,
      });
      return items;
    },
    heldPods: async () => {
      const { items } = await core.listPodForAllNamespaces({ labelSelector: label });
      return items
        .filter(({ spec }) => (spec?.schedulingGates?.length ?? 0) > 0)
        .map(({ metadata }) => metadata?.name ?? '');
    },
    allow,
  };
}

/** The environment of metainit's pod, with a fault proxy before the API server. */
export async function behindProxy(
  { env, token }: Field,
  decide: (method: string, count: number, url: string) => Fault,
): Promise<{ readonly proxy: FaultProxy; readonly env: Readonly<Record<string, string>> }> {
  const proxy = await startFaultProxy(decide);
  const directory = await temporaryFolder();
  await writeServiceAccount(directory, token, proxy.ca);
  return { proxy, env: { ...env, ...proxy.env, SERVICE_ACCOUNT_DIRECTORY: directory } };
}

/** Resolves when a pod has these gates alone. */
export function untilGates(
  field: Field,
  name: string,
  gates: readonly string[] = [],
  namespace?: string,
): Promise<void> {
  return vi.waitFor(async () => expect(await field.gates(name, namespace)).toEqual(gates), {
    timeout: 30_000,
    interval: 20,
  });
}

const ACCOUNT = 'metainit';

/** A pod that the API server would hold. @param serviceAccount one of its namespace */
export function podOf(
  name: string,
  { labels, gates = [GATE], finalizers }: PodOptions,
  serviceAccount = ACCOUNT,
): V1Pod {
  return {
    metadata: { name, labels: { ...labels }, finalizers: finalizers && [...finalizers] },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      schedulingGates: gates.map((gate) => ({ name: gate })),
      containers: [{ name: 'app', image: 'app' }],
    },
  };
}

/** Gives the account of a namespace rights, in one namespace or in all, and waits until the API server has learnt of them. */
async function allowAccount(
  kubeConfig: KubeConfig,
  home: string,
  rules: readonly V1PolicyRule[],
  namespace: string | undefined,
): Promise<void> {
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const name = `metainit-${randomBytes(4).toString('hex')}`;
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: home }];
  const body = { metadata: { name }, rules: [...rules] };
  await rbac.createClusterRole({ body });
  const binding = {
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    subjects,
  };
  await (namespace === undefined
    ? rbac.createClusterRoleBinding({ body: binding })
    : rbac.createNamespacedRoleBinding({ namespace, body: binding }));
  const authorization = kubeConfig.makeApiClient(AuthorizationV1Api);
  const user = `system:serviceaccount:${home}:${ACCOUNT}`;
  for (const { resources = [], verbs } of rules) {
    for (const [resource, verb] of resources.flatMap((each) => verbs.map((verb) => [each, verb] as const))) {
      for (let allowed = false; !allowed; ) {
        const spec = { user, resourceAttributes: { verb, resource, ...(namespace && { namespace }) } };
        const review = await authorization.createSubjectAccessReview({ body: { spec } });
        allowed = review.status?.allowed ?? false;
      }
    }
  }
}
