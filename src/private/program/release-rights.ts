import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { clusterScoped } from '../api-objects';
import { allowReleasing } from './role';

/** The roles of metainit and their bindings: for all namespaces, or for each given namespace. */
export interface ReleaseRights {
  readonly clusterRole?: kplus.ClusterRole;
  readonly clusterRoleBinding?: kplus.ClusterRoleBinding;
  readonly roles: kplus.Role[];
  readonly roleBindings: kplus.RoleBinding[];
}

/**
 * Gives a subject the rights to release held pods.
 *
 * @param metadata name, labels and annotations of all roles and bindings
 * @param namespaces the namespaces with pods to release; all if undefined
 */
export function addReleaseRights(
  scope: Construct,
  metadata: ApiObjectMetadata,
  subject: kplus.ISubject,
  namespaces: readonly string[] | undefined,
): ReleaseRights {
  return namespaces === undefined
    ? rightsEverywhere(scope, metadata, subject)
    : rightsIn(scope, metadata, subject, namespaces);
}

function rightsEverywhere(
  scope: Construct,
  metadata: ApiObjectMetadata,
  subject: kplus.ISubject,
): ReleaseRights {
  const role = clusterScoped(new kplus.ClusterRole(scope, 'ClusterRole', { metadata }));
  allowReleasing(role);
  const binding = clusterScoped(
    new kplus.ClusterRoleBinding(scope, 'ClusterRoleBinding', { metadata, role }),
  );
  binding.addSubjects(subject);
  return { clusterRole: role, clusterRoleBinding: binding, roles: [], roleBindings: [] };
}

function rightsIn(
  scope: Construct,
  given: ApiObjectMetadata,
  subject: kplus.ISubject,
  namespaces: readonly string[],
): ReleaseRights {
  const pairs = [...new Set(namespaces)].map((namespace) => {
    const metadata = { ...given, namespace };
    const role = new kplus.Role(scope, `Role-${namespace}`, { metadata });
    allowReleasing(role);
    const binding = new kplus.RoleBinding(scope, `RoleBinding-${namespace}`, { metadata, role });
    binding.addSubjects(subject);
    return { role, binding };
  });
  return { roles: pairs.map(({ role }) => role), roleBindings: pairs.map(({ binding }) => binding) };
}
