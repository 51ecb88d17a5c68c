import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { rightObject, rightObjectIfAny } from '../validation/objects';

/** The props, with stand-ins for objects of the wrong kind. The wrong objects are reported. */
export function rightProps(manager: Construct, props: CloudifyManagerProps): CloudifyManagerProps {
  const { dockerRegistryAuth, pluginConfigs, adminPassword, clusterRole, tls } = props;
  return {
    ...props,
    dockerRegistryAuth: rightObjectIfAny(manager, 'dockerRegistryAuth', dockerRegistryAuth, 'Secret'),
    pluginConfigs: rightObjectIfAny(manager, 'pluginConfigs', pluginConfigs, 'ConfigMap'),
    adminPassword: rightObjectIfAny(manager, 'adminPassword', adminPassword, 'Secret'),
    clusterRole: rightObjectIfAny(manager, 'clusterRole', clusterRole, 'ClusterRole'),
    tls: tls && { ...tls, secret: rightObject(manager, 'tls.secret', tls.secret, 'Secret') },
  };
}
