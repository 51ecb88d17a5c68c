import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { checkDataKey, checkObjectName } from '../validation/values';

const CERTIFICATE_DIRECTORY = '/opt/onap/certs';

/** Mounts what others provide: certificates, plugin configuration, the admin's password. */
export function mountMaterial(
  scope: Construct,
  container: kplus.Container,
  { tls, pluginConfigs, adminPassword }: CloudifyManagerProps,
): void {
  const readOnly = true;
  if (tls !== undefined) {
    const { secret, caFile = 'cacert.pem' } = tls;
    checkObjectName(scope, 'tls.secret.name', secret.name);
    checkDataKey(scope, 'tls.caFile', caFile);
    const volume = kplus.Volume.fromSecret(scope, 'Certificates', secret, { name: 'certificates' });
    container.mount(CERTIFICATE_DIRECTORY, volume, { readOnly });
    const bundle = kplus.EnvValue.fromValue(`${CERTIFICATE_DIRECTORY}/${caFile}`);
    container.env.addVariable('REQUESTS_CA_BUNDLE', bundle);
  }
  if (pluginConfigs !== undefined) {
    checkObjectName(scope, 'pluginConfigs.name', pluginConfigs.name);
    const volume = kplus.Volume.fromConfigMap(scope, 'PluginConfigs', pluginConfigs, {
      name: 'plugin-configs',
    });
    container.mount('/plugin-configs', volume, { readOnly });
  }
  if (adminPassword !== undefined) {
    checkObjectName(scope, 'adminPassword.name', adminPassword.name);
    const volume = kplus.Volume.fromSecret(scope, 'AdminPassword', adminPassword, { name: 'admin-password' });
    container.mount('/opt/onap/cm-secrets', volume, { readOnly });
  }
}
