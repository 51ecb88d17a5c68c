import { KubeConfig } from '@kubernetes/client-node';
import { startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import type { Target } from './target.ts';

/** A control plane of our own, which goes with everything in it. */
export async function startOwnControlPlane(
  signal: AbortSignal,
): Promise<Target & { readonly version: string; readonly url: string }> {
  const controlPlane = await startControlPlane({ signal });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  return {
    kubeConfig,
    namespace: 'cloudify',
    host: controlPlane.host,
    port: String(controlPlane.port),
    ca: controlPlane.ca,
    version: controlPlane.version,
    url: controlPlane.url,
    wants: () => true,
    prepare: async () => 'cloudify, from the manifests',
    created: () => {},
    cleanUp: async () => {
      await controlPlane.stop();
      return 'control plane stopped, its folder removed';
    },
  };
}
