import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { MultisiteKubeconfig } from '../../multisite-kubeconfig';

/** Where it is unless another directory is given. */
export const KUBECONFIG_DIRECTORY = '/opt/onap/kube';

/** The home of `cfyuser`, as which the manager runs its plugins. */
const HOME_KUBE_DIRECTORY = '/etc/cloudify/.kube';

/** As directories, not by `subPath`, so that sites added later reach the running pod. */
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
      // The pod would wait for the key, which its own init container is the first to write.
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
