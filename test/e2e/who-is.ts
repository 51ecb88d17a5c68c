import { ApiException, AuthenticationV1Api, KubeConfig } from '@kubernetes/client-node';
import { inject } from 'vitest';

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
    const review = await kubeConfig.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
    return review.status?.userInfo?.username;
  } catch (error) {
    if (error instanceof ApiException && error.code === 401) return undefined;
    throw error;
  }
}
