import { join } from 'node:path';
import { AuthorizationV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { apply } from '../../start/apply.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';

const NAMESPACE = 'metainit';
const NAME = 'metainit';

/** The namespaces in which pods are created. */
export const NAMESPACES = { measured: 'bench', warmUp: 'warm-up' } as const;

/** What a contender may do. */
const RULES = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
];

/** Creates the namespaces, and a ServiceAccount for the contender. Returns the environment of the contender's pod. */
export async function createSite(
  controlPlane: ControlPlaneFacts,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const admin = new KubeConfig();
  admin.loadFromFile(controlPlane.kubeconfig);
  for (const object of objects()) {
    await apply(admin, object);
  }
  await untilAllowed(admin);
  const directory = join(folder, 'serviceaccount');
  const token = await requestToken(admin, NAMESPACE, NAME);
  await writeServiceAccount(directory, token, controlPlane.ca);
  return {
    KUBERNETES_SERVICE_HOST: controlPlane.host,
    KUBERNETES_SERVICE_PORT: String(controlPlane.port),
    SERVICE_ACCOUNT_DIRECTORY: directory,
    TERMINATION_MESSAGE_PATH: join(folder, 'termination-log'),
    HOME: folder,
  };
}

function objects(): readonly KubernetesObject[] {
  const rbac = 'rbac.authorization.k8s.io';
  const podNamespaces = Object.values(NAMESPACES);
  return [
    ...[NAMESPACE, ...podNamespaces].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
    // Pods need one, and no controller creates it here.
    ...podNamespaces.map((namespace) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    })),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: NAME }, rules: RULES },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
    },
  ] as KubernetesObject[];
}

/** The API server needs a moment for new RBAC objects. */
async function untilAllowed(admin: KubeConfig): Promise<void> {
  const authorization = admin.makeApiClient(AuthorizationV1Api);
  const user = `system:serviceaccount:${NAMESPACE}:${NAME}`;
  const spec = { user, resourceAttributes: { verb: 'create', resource: 'events' } };
  for (;;) {
    const { status } = await authorization.createSubjectAccessReview({ body: { spec } });
    if (status?.allowed) {
      return;
    }
  }
}
