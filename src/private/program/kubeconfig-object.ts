import type * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkNamedObject, isObject, standIn } from '../validation/objects';

/** The object that holds the kubeconfig: its kind, and the flag for its name. */
export type KubeconfigObject =
  | { readonly kind: 'ConfigMap'; readonly flag: '--configmap'; readonly resource: kplus.IConfigMap }
  | { readonly kind: 'Secret'; readonly flag: '--secret'; readonly resource: kplus.ISecret };

interface KubeconfigObjectProps {
  readonly configMap?: kplus.IConfigMap;
  readonly secret?: kplus.ISecret;
}

/**
 * The given ConfigMap or Secret. If it is invalid, a stand-in, so that the construct works until the synthesis fails.
 */
export function kubeconfigObject(construct: Construct, props: KubeconfigObjectProps): KubeconfigObject {
  const { configMap, secret } = props;
  if (secret !== undefined) {
    const resource = isObject(secret, 'Secret') ? secret : standIn(construct, 'secret', 'Secret');
    return { kind: 'Secret', flag: '--secret', resource };
  }
  const resource =
    configMap !== undefined && (isObject(configMap, 'ConfigMap') || isObject(configMap, 'Secret'))
      ? configMap
      : standIn(construct, 'configMap', 'ConfigMap');
  return { kind: 'ConfigMap', flag: '--configmap', resource };
}

/** Checks that exactly one of the two is given, and that it can hold a kubeconfig. */
export function checkKubeconfigObject({ configMap, secret }: KubeconfigObjectProps): string[] {
  if (secret !== undefined) {
    return [
      ...(configMap === undefined
        ? []
        : [
            'configMap and secret exclude each other, because the kubeconfig is in one place: leave one of the two out.',
          ]),
      ...checkNamedObject('secret', secret, 'Secret'),
    ];
  }
  if (configMap === undefined) {
    return ['no object for the kubeconfig is given: give configMap or secret.'];
  }
  // The compiler accepts a Secret as a ConfigMap, because it has all properties of a ConfigMap.
  return isObject(configMap, 'Secret')
    ? [`configMap is the Secret ${configMap.name}: give this Secret in the prop secret.`]
    : checkNamedObject('configMap', configMap, 'ConfigMap');
}
