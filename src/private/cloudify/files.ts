import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { report } from '../validation/report';
import { checkAddress, checkObjectName } from '../validation/values';
import { mountCertificates } from './certificates';

const CONFIG_FILE = 'config.txt';

/** The ConfigMap that the DCAE plugins read. They read it only at start, so a change must restart the pod. */
export function managerConfig(
  scope: Construct,
  deployment: kplus.Deployment,
  { consulAddress = 'consul-server:8500' }: CloudifyManagerProps,
  metadata: ApiObjectMetadata,
): kplus.ConfigMap {
  report(scope, checkAddress('consulAddress', consulAddress));
  deployment.podMetadata.addAnnotation('cdk8s-multisite/consul-address', consulAddress);
  const data = { [CONFIG_FILE]: `[consul]\naddress=${consulAddress}\n` };
  return new kplus.ConfigMap(scope, 'Config', { metadata, data });
}

/** Mounts the file by `subPath`, because other volumes are mounted below the same directory. */
export function mountConfig(scope: Construct, container: kplus.Container, config: kplus.ConfigMap): void {
  const volume = kplus.Volume.fromConfigMap(scope, 'ConfigVolume', config, { name: 'config' });
  container.mount(`/opt/onap/${CONFIG_FILE}`, volume, { subPath: CONFIG_FILE, readOnly: true });
}

/** Mounts the given files: certificates, plugin configuration, the admin's password. */
export function mountProvidedFiles(
  scope: Construct,
  pod: kplus.AbstractPod,
  container: kplus.Container,
  { tls, pluginConfigs, adminPassword }: CloudifyManagerProps,
): void {
  const readOnly = true;
  if (tls !== undefined) {
    mountCertificates(scope, pod, container, tls);
  }
  if (pluginConfigs !== undefined) {
    report(scope, checkObjectName('pluginConfigs.name', pluginConfigs.name));
    const volume = kplus.Volume.fromConfigMap(scope, 'PluginConfigs', pluginConfigs, {
      name: 'plugin-configs',
    });
    container.mount('/plugin-configs', volume, { readOnly });
  }
  if (adminPassword !== undefined) {
    report(scope, checkObjectName('adminPassword.name', adminPassword.name));
    const volume = kplus.Volume.fromSecret(scope, 'AdminPassword', adminPassword, { name: 'admin-password' });
    container.mount('/opt/onap/cm-secrets', volume, { readOnly });
  }
}
