import { type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { checkDnsName, checkServiceName, mistake } from '../validation/values';

/** Other names in a namespace for what has a DNS name; in the namespace of the components also the manager's. */
export function addAliases(
  scope: Construct,
  managerName: string,
  { aliases = {}, components }: CloudifyManagerProps,
  metadata: ApiObjectMetadata,
): kplus.Service[] {
  for (const [name, target] of Object.entries(aliases)) {
    checkServiceName(scope, 'a name in aliases,', name);
    if (target === undefined) {
      mistake(scope, `aliases.${name} has no value: give the DNS name that it stands for.`);
    } else {
      checkDnsName(scope, `aliases.${name}`, target);
    }
  }
  const here = externalNames(scope, 'Aliases', aliases, metadata);
  if (components === undefined) {
    return here;
  }
  const manager = `${managerName}.${Chart.of(scope).namespace}.svc.cluster.local`;
  const there = { ...metadata, namespace: components.namespaceName };
  const names = { ...aliases, [managerName]: manager };
  return [...here, ...externalNames(scope, 'ComponentAliases', names, there)];
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
      // No child may be called nothing, or like what every object has, as `constructor`.
      new kplus.Service(group, `Alias-${name}`, { metadata: { ...metadata, name }, externalName }),
  );
}
