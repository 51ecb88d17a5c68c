import { type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyComponents } from '../../cloudify-components';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { clusterScoped } from '../api-objects';
import type { AppModel } from '../app-model';
import { allowDeploying } from '../program/role';
import { inWords } from '../validation/namespaces';
import { givenInWords } from '../validation/objects';
import { report, reportAtSynthesis } from '../validation/report';
import { checkNamespaceName, checkRoleName } from '../validation/values';
import type { ManagerMetadata } from './manager-metadata';

/** The manager's objects in the namespace of its components. */
export interface ComponentObjects {
  readonly namespace?: kplus.Namespace;
  readonly role?: kplus.Role;
  readonly roleBinding?: kplus.RoleBinding;
}

/** Adds the namespace of the components, and the manager's rights in it. */
export function addComponents(
  scope: Construct,
  { components }: CloudifyManagerProps,
  deployer: kplus.ISubject,
  names: ManagerMetadata,
): ComponentObjects {
  if (components === undefined) {
    return {};
  }
  const chart = Chart.of(scope);
  report(scope, checkComponents(components, chart.namespace));
  if (components.namespaceName !== chart.namespace) {
    reportAtSynthesis(scope, (app) => checkForKubeconfigs(components.namespaceName, chart, app));
  }
  const metadata = { ...names.named('-deploy'), namespace: components.namespaceName };
  const role = components.role === undefined ? new kplus.Role(scope, 'DeployRole', { metadata }) : undefined;
  if (role !== undefined) {
    allowDeploying(role);
  }
  const roleBinding = new kplus.RoleBinding(scope, 'DeployRoleBinding', {
    metadata,
    role: role ?? (components.role as kplus.IRole),
  });
  roleBinding.addSubjects(deployer);
  return { namespace: newNamespace(scope, components, names.named()), role, roleBinding };
}

/** Adds the manager's rights in the whole cluster. */
export function bindClusterRole(
  scope: Construct,
  { clusterRole }: CloudifyManagerProps,
  deployer: kplus.ISubject,
  names: ManagerMetadata,
): kplus.ClusterRoleBinding | undefined {
  if (clusterRole === undefined) {
    return undefined;
  }
  const { namespace } = Chart.of(scope);
  report(scope, checkRoleName('clusterRole.name', clusterRole.name));
  if (namespace === undefined) {
    report(scope, [
      'the ClusterRoleBinding of clusterRole must name the namespace of the ServiceAccount: give the chart a namespace.',
    ]);
  }
  const metadata = names.named('-deploy');
  const binding = new kplus.ClusterRoleBinding(scope, 'ClusterRoleBinding', {
    metadata: { ...metadata, name: `${namespace}-${metadata.name}` },
    role: clusterRole,
  });
  binding.addSubjects(deployer);
  return clusterScoped(binding);
}

function checkComponents(
  { namespaceName, role }: CloudifyComponents,
  managerNamespace: string | undefined,
): string[] {
  return [
    ...checkNamespaceName('components.namespaceName', namespaceName),
    ...(managerNamespace === undefined
      ? [
          "components needs the name of the manager's namespace, for the Services in the components' namespace: give the chart a namespace.",
        ]
      : []),
    ...(namespaceName === managerNamespace
      ? [
          `components.namespaceName ${namespaceName} is the manager's own namespace. There, the rights to deploy would give access ` +
            'to the kubeconfig: give another namespace.',
        ]
      : []),
    ...(/^kube-/.test(namespaceName)
      ? [
          `components.namespaceName ${namespaceName} belongs to Kubernetes. There, the rights to deploy would give control of the ` +
            'whole cluster: give another namespace.',
        ]
      : []),
    ...(role === undefined ? [] : checkRole(role, namespaceName)),
  ];
}

function checkRole(role: kplus.IResource, namespaceName: string): string[] {
  if (role instanceof kplus.Role && role.metadata.namespace !== namespaceName) {
    return [
      `components.role ${role.name} is in ${inWords(role.metadata.namespace)}, and a Role applies only in its own namespace: ` +
        `give a Role in namespace ${namespaceName}, or a ClusterRole.`,
    ];
  }
  return role.kind === 'Role' || role.kind === 'ClusterRole'
    ? checkRoleName('components.role.name', role.name)
    : [`components.role is ${givenInWords(role)}: give a Role or a ClusterRole.`];
}

/** The rights to deploy include the ConfigMaps and Secrets of the namespace. */
function checkForKubeconfigs(
  namespaceName: string,
  chart: Chart,
  { objects, kubeconfigs }: AppModel,
): string[] {
  return [...objects.values()]
    .flat()
    .filter((object) => object.metadata.namespace === namespaceName && Chart.of(object) === chart)
    .filter(({ node }) => node.scope instanceof kplus.Resource && kubeconfigs.has(node.scope))
    .map(
      ({ kind, name }) =>
        `components.namespaceName ${namespaceName} holds a kubeconfig, ${kind} ${name}. The rights to deploy would give access ` +
        'to it: give another namespace.',
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
