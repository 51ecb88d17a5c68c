import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkAddress } from '../validation/values';

const FILE = 'config.txt';

/** What the manager's DCAE plugins read at their start, so that a change of it has to restart the pod. */
export function managerConfig(
  scope: Construct,
  deployment: kplus.Deployment,
  consulAddress: string,
  metadata: ApiObjectMetadata,
): kplus.ConfigMap {
  checkAddress(scope, 'consulAddress', consulAddress);
  deployment.podMetadata.addAnnotation('cdk8s-multisite/consul-address', consulAddress);
  const data = { [FILE]: `[consul]\naddress=${consulAddress}\n` };
  return new kplus.ConfigMap(scope, 'Config', { metadata, data });
}

/** By `subPath`, since other things are mounted below the same directory. */
export function mountConfig(scope: Construct, container: kplus.Container, config: kplus.ConfigMap): void {
  const volume = kplus.Volume.fromConfigMap(scope, 'ConfigVolume', config, { name: 'config' });
  container.mount(`/opt/onap/${FILE}`, volume, { subPath: FILE, readOnly: true });
}
