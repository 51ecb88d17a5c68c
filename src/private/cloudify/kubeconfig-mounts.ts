import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { MultisiteKubeconfig } from '../../multisite-kubeconfig';
import type { KubeconfigObject } from '../kubeconfig-object';

/** Where it is unless another directory is given. */
export const KUBECONFIG_DIRECTORY = '/opt/onap/kube';

/** The home of `cfyuser`, as which the manager runs its plugins. */
const HOME_KUBE_DIRECTORY = '/etc/cloudify/.kube';

/** As directories, not by `subPath`, so that sites added later reach the running pod. */
export function mountKubeconfig(
  scope: Construct,
  container: kplus.Container,
  object: KubeconfigObject,
  { kubeconfigDirectory = KUBECONFIG_DIRECTORY, homeKubeconfig = false, init }: CloudifyManagerProps,
): void {
  const readOnly = true;
  const volume = volumeOf(scope, 'KubeconfigVolume', object, { name: 'kubeconfig' });
  container.mount(kubeconfigDirectory, volume, { readOnly });
  if (homeKubeconfig) {
    const home = volumeOf(scope, 'HomeKubeconfigVolume', object, {
      name: 'home-kubeconfig',
      items: { [init?.key ?? MultisiteKubeconfig.DEFAULT_KEY]: { path: 'config' } },
      // The pod would wait for the key, which its own init container is the first to write.
      optional: true,
    });
    container.mount(HOME_KUBE_DIRECTORY, home, { readOnly });
  }
}

function volumeOf(
  scope: Construct,
  id: string,
  { kind, resource }: KubeconfigObject,
  options: kplus.ConfigMapVolumeOptions & kplus.SecretVolumeOptions,
): kplus.Volume {
  return kind === 'Secret'
    ? kplus.Volume.fromSecret(scope, id, resource, options)
    : kplus.Volume.fromConfigMap(scope, id, resource, options);
}
