import { KubeConfig } from '@kubernetes/client-node';
import { inject } from 'vitest';

/** The admin of the control plane that all tests of the run share. */
export function admin(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(inject('controlPlane').kubeconfig);
  return kubeConfig;
}
