import { randomBytes } from 'node:crypto';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import type { Selection } from '../../runtime/kube/reflector.ts';
import type { Resource } from '../../runtime/kube/resource.ts';
import { requestToken } from '../../start/service-account.ts';

export const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
/** The API server keeps no history of these itself: who asks for their past gets it from etcd. */
export const EVENTS: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

const LABELS = { test: 'yes' };

/** Objects in a namespace of its own, and somebody who may read them. */
export interface Collection {
  readonly selection: Selection;
  /** Of a ServiceAccount with the given verbs on that resource there, and no other rights. */
  readonly token: string;
  /** Creates objects of these names, one by one. */
  create(...names: string[]): Promise<void>;
  /** Changes an object, and gives its new resourceVersion. */
  change(name: string): Promise<string>;
  /** Takes an object out of the selection. */
  deselect(name: string): Promise<void>;
  delete(name: string): Promise<void>;
  resourceVersion(name: string): Promise<string>;
}

export async function createCollection(
  controlPlane: ControlPlaneFacts,
  resource = CONFIG_MAPS,
  verbs = ['list', 'watch'],
): Promise<Collection> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  const namespace = `collection-${randomBytes(4).toString('hex')}`;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
  await allow(kubeConfig, namespace, resource.plural, verbs);
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  const named = (name: string) => ({
    apiVersion: 'v1',
    kind: resource.kind,
    metadata: { name, namespace },
    ...(resource === EVENTS && { involvedObject: { namespace } }),
  });
  const label = async (name: string, labels: Record<string, string | null>) => {
    const patch = { ...named(name), metadata: { name, namespace, labels } } as KubernetesObject;
    const changed = await objects.patch(patch, undefined, undefined, undefined, undefined, MERGE_PATCH);
    return changed.metadata?.resourceVersion ?? '';
  };
  return {
    selection: { resource, namespace, labelSelector: 'test=yes' },
    token: await requestToken(kubeConfig, namespace, 'reader'),
    create: async (...names) => {
      for (const name of names) {
        const { metadata, ...rest } = named(name);
        await objects.create({ ...rest, metadata: { ...metadata, labels: LABELS } });
      }
    },
    change: (name) => label(name, { changed: randomBytes(4).toString('hex') }),
    deselect: async (name) => void (await label(name, { test: null })),
    delete: async (name) => void (await objects.delete(named(name))),
    resourceVersion: async (name) => (await objects.read(named(name))).metadata?.resourceVersion ?? '',
  };
}

const MERGE_PATCH = 'application/merge-patch+json';

/** Gives the reader these rights, and waits until the API server has learnt of them. */
async function allow(
  kubeConfig: KubeConfig,
  namespace: string,
  resource: string,
  verbs: string[],
): Promise<void> {
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { name: 'reader' };
  const rules = [{ apiGroups: [''], resources: [resource], verbs }];
  await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }];
  await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
  const authorization = kubeConfig.makeApiClient(AuthorizationV1Api);
  const user = `system:serviceaccount:${namespace}:reader`;
  for (const verb of verbs) {
    for (let allowed = false; !allowed; ) {
      const spec = { user, resourceAttributes: { namespace, verb, resource } };
      const review = await authorization.createSubjectAccessReview({ body: { spec } });
      allowed = review.status?.allowed ?? false;
    }
  }
}
