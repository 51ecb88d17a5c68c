import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkObjectName, mistake } from '../validation/values';

/** The kinds of object that may hold the kubeconfig. */
export type KubeconfigKind = 'ConfigMap' | 'Secret';

/** The object that holds the kubeconfig: its kind, and how the program is told its name. */
export type KubeconfigObject =
  | { readonly kind: 'ConfigMap'; readonly flag: '--configmap'; readonly resource: kplus.IConfigMap }
  | { readonly kind: 'Secret'; readonly flag: '--secret'; readonly resource: kplus.ISecret };

interface KubeconfigObjectProps {
  readonly configMap?: kplus.IConfigMap;
  readonly secret?: kplus.ISecret;
}

/** The one of the two that was given; where that is a mistake, one that lets the construct go on until synthesis. */
export function kubeconfigObject(construct: Construct, props: KubeconfigObjectProps): KubeconfigObject {
  const { configMap, secret } = props;
  if (configMap !== undefined && secret !== undefined) {
    mistake(
      construct,
      'configMap and secret exclude each other: the kubeconfig is kept in one place, so leave one out.',
    );
  }
  if (secret !== undefined) {
    checkObjectName(construct, 'secret.name', secret.name);
    return { kind: 'Secret', flag: '--secret', resource: secret };
  }
  if (configMap === undefined) {
    mistake(construct, 'there is nowhere to write the kubeconfig to: give configMap or secret.');
    return {
      kind: 'ConfigMap',
      flag: '--configmap',
      resource: kplus.ConfigMap.fromConfigMapName(construct, 'Nowhere', `nowhere-${construct.node.addr}`),
    };
  }
  // To the compiler a Secret is a ConfigMap, since it has all that one has.
  if (configMap.kind !== 'ConfigMap') {
    mistake(construct, `configMap is the ${configMap.kind} ${configMap.name}: give a Secret as secret.`);
  }
  checkObjectName(construct, 'configMap.name', configMap.name);
  return { kind: 'ConfigMap', flag: '--configmap', resource: configMap };
}

/** What is wrong with the object as it stands, which may change until synthesis. */
export function objectErrors(
  kind: KubeconfigKind,
  resource: kplus.IResource,
  key: string,
  isFirstKey: boolean,
): string[] {
  const errors: string[] = [];
  if (declaresKey(resource, key)) {
    errors.push(
      `${kind} ${resource.name} declares the key ${key}, so that every apply would erase the sites: leave it out.`,
    );
  }
  if (isFirstKey && isImmutable(resource)) {
    errors.push(`${kind} ${resource.name} is immutable, so that no site can be written: make it mutable.`);
  }
  return errors;
}

function declaresKey(resource: kplus.IResource, key: string): boolean {
  if (resource instanceof kplus.ConfigMap) {
    return Object.hasOwn(resource.data, key) || Object.hasOwn(resource.binaryData, key);
  }
  return resource instanceof kplus.Secret && typeof resource.getStringData(key) === 'string';
}

function isImmutable(resource: kplus.IResource): boolean {
  return (resource instanceof kplus.ConfigMap || resource instanceof kplus.Secret) && resource.immutable;
}
