import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { MultisiteKubeconfig } from '../../multisite-kubeconfig';

/** The default directory of the kubeconfig. */
export const KUBECONFIG_DIRECTORY = '/opt/onap/kube';

/** The home directory of `cfyuser`, the user that runs the manager's plugins. */
const HOME_KUBE_DIRECTORY = '/etc/cloudify/.kube';

/** Mounts directories, because a `subPath` mount would not get the sites that are added later. */
export function mountKubeconfig(
  scope: Construct,
  container: kplus.Container,
  kubeconfig: kplus.IConfigMap | kplus.ISecret,
  { kubeconfigDirectory = KUBECONFIG_DIRECTORY, homeKubeconfig = false, init }: CloudifyManagerProps,
): void {
  const readOnly = true;
  const volume = volumeOf(scope, 'KubeconfigVolume', kubeconfig, { name: 'kubeconfig' });
  container.mount(kubeconfigDirectory, volume, { readOnly });
  if (homeKubeconfig) {
    const home = volumeOf(scope, 'HomeKubeconfigVolume', kubeconfig, {
      name: 'home-kubeconfig',
      items: { [init?.key ?? MultisiteKubeconfig.DEFAULT_KEY]: { path: 'config' } },
      // Without this the pod would wait for the key for ever: its own init container writes the key.
      optional: true,
    });
    container.mount(HOME_KUBE_DIRECTORY, home, { readOnly });
  }
}

function volumeOf(
  scope: Construct,
  id: string,
  kubeconfig: kplus.IConfigMap | kplus.ISecret,
  options: kplus.ConfigMapVolumeOptions & kplus.SecretVolumeOptions,
): kplus.Volume {
  return kubeconfig.kind === 'Secret'
    ? kplus.Volume.fromSecret(scope, id, kubeconfig as kplus.ISecret, options)
    : kplus.Volume.fromConfigMap(scope, id, kubeconfig, options);
}
