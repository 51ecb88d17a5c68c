import { AuthorizationV1Api, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node';
import type { Site } from './site.ts';

/** Gives the site's pod one more right, in its own namespace or another, and waits until the API server has learnt of it. */
export async function allow(
  site: Site,
  resource: string,
  name: string,
  verb: string,
  namespace = site.namespace,
): Promise<void> {
  const { kubeConfig, serviceAccount } = site;
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { generateName: 'test-' };
  const rule: V1PolicyRule = { apiGroups: [''], resources: [resource], resourceNames: [name], verbs: [verb] };
  const role = await rbac.createNamespacedRole({ namespace, body: { metadata, rules: [rule] } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.metadata?.name ?? '' },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: site.namespace }],
    },
  });
  const authorization = kubeConfig.makeApiClient(AuthorizationV1Api);
  const [main, subresource] = resource.split('/');
  const resourceAttributes = {
    namespace,
    verb,
    resource: main ?? '',
    name,
    ...(subresource && { subresource }),
  };
  const user = `system:serviceaccount:${site.namespace}:${serviceAccount}`;
  for (let allowed = false; !allowed; ) {
    const review = await authorization.createSubjectAccessReview({
      body: { spec: { user, resourceAttributes } },
    });
    allowed = review.status?.allowed ?? false;
  }
}
