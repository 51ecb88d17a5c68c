import { type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyComponents } from '../../cloudify-components';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { checkNamespaceName, checkRoleName, mistake } from '../checks';
import { clusterScoped } from '../cluster-scoped';
import { deployRole } from './deploy-rights';

/** What the manager has in the namespace of its components. */
export interface ComponentObjects {
  readonly namespace?: kplus.Namespace;
  readonly role?: kplus.Role;
  readonly roleBinding?: kplus.RoleBinding;
}

/** Metadata with the manager's name, and what comes after it. */
type Named = (suffix?: string) => ApiObjectMetadata;

/** The namespace of the components, and the rights that the manager has there. */
export function addComponents(
  scope: Construct,
  { components }: CloudifyManagerProps,
  deployer: kplus.ISubject,
  named: Named,
): ComponentObjects {
  if (components === undefined) {
    return {};
  }
  check(scope, components, Chart.of(scope).namespace);
  const metadata = { ...named('-deploy'), namespace: components.namespaceName };
  const role = components.role === undefined ? deployRole(scope, metadata) : undefined;
  const roleBinding = new kplus.RoleBinding(scope, 'DeployRoleBinding', {
    metadata,
    role: role ?? (components.role as kplus.IRole),
  });
  roleBinding.addSubjects(deployer);
  return { namespace: newNamespace(scope, components, named()), role, roleBinding };
}

/** The rights that the manager has everywhere. */
export function bindClusterRole(
  scope: Construct,
  { clusterRole }: CloudifyManagerProps,
  deployer: kplus.ISubject,
  named: Named,
): kplus.ClusterRoleBinding | undefined {
  if (clusterRole === undefined) {
    return undefined;
  }
  checkRoleName(scope, 'clusterRole.name', clusterRole.name);
  const { namespace } = Chart.of(scope);
  if (namespace === undefined) {
    mistake(
      scope,
      'clusterRole is bound outside all namespaces, to a ServiceAccount of one: give the chart a namespace.',
    );
  }
  const metadata = named('-deploy');
  const binding = new kplus.ClusterRoleBinding(scope, 'ClusterRoleBinding', {
    metadata: { ...metadata, name: `${namespace}-${metadata.name}` },
    role: clusterRole,
  });
  binding.addSubjects(deployer);
  return clusterScoped(binding);
}

function check(
  scope: Construct,
  { namespaceName, role }: CloudifyComponents,
  managerNamespace: string | undefined,
): void {
  checkNamespaceName(scope, 'components.namespaceName', namespaceName);
  if (managerNamespace === undefined) {
    mistake(
      scope,
      "components have a namespace of their own, and names there for what is in the manager's: give the chart a namespace.",
    );
  }
  if (namespaceName === managerNamespace) {
    mistake(
      scope,
      `components.namespaceName ${namespaceName} is the manager's own, where the rights to deploy would reach the kubeconfig: ` +
        'give another.',
    );
  }
  if (role !== undefined) {
    checkRoleName(scope, 'components.role.name', role.name);
  }
  if (role !== undefined && role.kind !== 'Role' && role.kind !== 'ClusterRole') {
    mistake(scope, `components.role is the ${role.kind} ${role.name}: give a Role or a ClusterRole.`);
  }
}

function newNamespace(
  scope: Construct,
  { namespaceName, createNamespace = true }: CloudifyComponents,
  metadata: ApiObjectMetadata,
): kplus.Namespace | undefined {
  return createNamespace
    ? clusterScoped(
        new kplus.Namespace(scope, 'ComponentNamespace', { metadata: { ...metadata, name: namespaceName } }),
      )
    : undefined;
}
