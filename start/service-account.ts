import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';

/**
 * The value that the kubelet requests for a pod's token
 * (https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken).
 */
const EXPIRATION_SECONDS = 3607;

/** Asks the API server for a token of a ServiceAccount. */
export async function requestToken(kubeConfig: KubeConfig, namespace: string, name: string): Promise<string> {
  const { status } = await kubeConfig.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    namespace,
    name,
    body: { spec: { audiences: [], expirationSeconds: EXPIRATION_SECONDS } },
  });
  if (!status?.token) {
    throw new Error(`the API server gave no token for ServiceAccount ${namespace}/${name}`);
  }
  return status.token;
}

/** Writes a token and a CA to a folder, with the file names that the kubelet uses in a pod. */
export async function writeServiceAccount(folder: string, token: string, ca: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'token'), token, { mode: 0o600 });
  await writeFile(join(folder, 'ca.crt'), ca, { mode: 0o600 });
}
