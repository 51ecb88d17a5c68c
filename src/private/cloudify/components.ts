import { type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyComponents } from '../../cloudify-components';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { type AppIndex, validateInApp } from '../app-model';
import { clusterScoped } from '../cluster-scoped';
import { inWords } from '../in-words';
import { deployRole } from '../program/role';
import { holdsKubeconfig } from '../validation/kubeconfig';
import { checkNamespaceName, checkRoleName, mistake } from '../validation/values';

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
  validateInApp(scope, (index) => kubeconfigErrors(components.namespaceName, Chart.of(scope), index));
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
      'components needs a chart with a namespace, which the names in theirs lead to: give the chart one.',
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
  if (/^kube-/.test(namespaceName)) {
    mistake(
      scope,
      `components.namespaceName ${namespaceName} is Kubernetes' own, where the rights to deploy would reach the whole ` +
        'cluster: give another.',
    );
  }
  if (role instanceof kplus.Role && role.metadata.namespace !== namespaceName) {
    mistake(
      scope,
      `components.role ${role.name} is in ${inWords(role.metadata.namespace)}, and counts in that one alone: give a Role of ` +
        `namespace ${namespaceName}, or a ClusterRole.`,
    );
  }
  if (role !== undefined && role.kind !== 'Role' && role.kind !== 'ClusterRole') {
    mistake(scope, `components.role is the ${role.kind} ${role.name}: give a Role or a ClusterRole.`);
  }
}

/** The rights to deploy are rights to the ConfigMaps and Secrets there. */
function kubeconfigErrors(namespaceName: string, chart: Chart, { objects }: AppIndex): string[] {
  return [...objects.values()]
    .flat()
    .filter((object) => object.metadata.namespace === namespaceName && Chart.of(object) === chart)
    .filter(({ node }) => node.scope instanceof kplus.Resource && holdsKubeconfig(node.scope))
    .map(
      ({ kind, name }) =>
        `components.namespaceName ${namespaceName} has a kubeconfig, ${kind} ${name}, which the rights to deploy would ` +
        'reach: give another.',
    );
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
