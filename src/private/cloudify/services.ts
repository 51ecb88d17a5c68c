import { type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { report } from '../validation/report';
import { checkDnsName, checkNodePort, checkServiceName } from '../validation/values';
import type { ManagerMetadata } from './manager-metadata';
import { HTTP_PORT, HTTPS_PORT } from './manager-pod';

export function managerService(
  scope: Construct,
  deployment: kplus.Deployment,
  { tls, nodePort }: CloudifyManagerProps,
  metadata: ApiObjectMetadata,
): kplus.Service {
  if (nodePort !== undefined) {
    report(scope, checkNodePort(nodePort));
  }
  const http = { name: 'http', port: HTTP_PORT, targetPort: HTTP_PORT };
  const https = { name: 'https', port: HTTPS_PORT, targetPort: HTTPS_PORT };
  return new kplus.Service(scope, 'Service', {
    metadata,
    selector: deployment,
    type: nodePort === undefined ? kplus.ServiceType.CLUSTER_IP : kplus.ServiceType.NODE_PORT,
    ports: tls === undefined ? [{ ...http, nodePort }] : [http, { ...https, nodePort }],
  });
}

/**
 * The ExternalName Services in the manager's namespace and in the components' namespace. The components' namespace also
 * has a Service with the manager's name.
 */
export function addAliases(
  scope: Construct,
  { aliases = {}, components }: CloudifyManagerProps,
  { name: managerName, labelled }: ManagerMetadata,
): kplus.Service[] {
  report(
    scope,
    Object.entries(aliases).flatMap(([name, target]) => checkAlias(name, target)),
  );
  const here = externalNames(scope, 'Aliases', aliases, labelled);
  const { namespace } = Chart.of(scope);
  // Components in the manager's own namespace are a mistake, which is reported elsewhere.
  if (components === undefined || components.namespaceName === namespace) {
    return here;
  }
  const manager = `${managerName}.${namespace}.svc.cluster.local`;
  const there = { ...labelled, namespace: components.namespaceName };
  const names = { ...aliases, [managerName]: manager };
  return [...here, ...externalNames(scope, 'ComponentAliases', names, there)];
}

function checkAlias(name: string, target: string | undefined): string[] {
  return [
    ...checkServiceName('aliases: the name', name),
    ...(target === undefined
      ? [`aliases.${name} has no value: give the DNS name that the alias stands for.`]
      : checkDnsName(`aliases.${name}`, target)),
  ];
}

function externalNames(
  scope: Construct,
  id: string,
  names: Readonly<Record<string, string>>,
  metadata: ApiObjectMetadata,
): kplus.Service[] {
  const group = new Construct(scope, id);
  return Object.entries(names).map(
    ([name, externalName]) =>
      // The id of a child must not be empty or a property name that every object has, such as `constructor`. So the id
      // gets a prefix.
      new kplus.Service(group, `Alias-${name}`, { metadata: { ...metadata, name }, externalName }),
  );
}
