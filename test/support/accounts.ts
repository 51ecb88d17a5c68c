import { CoreV1Api } from '@kubernetes/client-node';
import type { Site } from './site.ts';

/** A ServiceAccount besides the pod's own. */
export async function createAccount({ kubeConfig, namespace }: Site, name: string): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
}

/** What makes every token of it void. */
export async function recreateAccount(site: Site, name: string): Promise<void> {
  const { kubeConfig, namespace } = site;
  await kubeConfig.makeApiClient(CoreV1Api).deleteNamespacedServiceAccount({ namespace, name });
  await createAccount(site, name);
}

/** What the entry of a user holds, if there is one yet. */
export async function tokenIn(site: Site, user = 'user00'): Promise<string> {
  const kubeconfig = await site.kubeconfig();
  return kubeconfig?.users?.find(({ name }: { name: string }) => name === user)?.user?.token;
}
