import { ApiException, KubeConfig } from '@kubernetes/client-node';
import { inject } from 'vitest';
import { whoAmI } from '../../start/written-kubeconfig.ts';

/** As whom the API server knows the bearer of a token; undefined where it takes that no (more). */
export async function whoIs(token: string): Promise<string | undefined> {
  const { url, ca } = inject('node');
  const kubeConfig = new KubeConfig();
  const cluster = {
    name: 'node',
    server: url,
    caData: Buffer.from(ca).toString('base64'),
    skipTLSVerify: false,
  };
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'bearer', token });
  try {
    return await whoAmI(kubeConfig);
  } catch (error) {
    if (error instanceof ApiException && error.code === 401) {
      return undefined;
    }
    throw error;
  }
}
