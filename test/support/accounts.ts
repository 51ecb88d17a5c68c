import { CoreV1Api } from '@kubernetes/client-node';
import { CONFIG_MAP, type Site } from './site.ts';

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

/** A Secret of that name, which the controller manager fills with a token of an account. */
export async function createTokenSecret(
  { kubeConfig, namespace }: Site,
  name: string,
  account: string,
): Promise<void> {
  const metadata = { name, annotations: { 'kubernetes.io/service-account.name': account } };
  const body = { metadata, type: 'kubernetes.io/service-account-token' };
  await kubeConfig.makeApiClient(CoreV1Api).createNamespacedSecret({ namespace, body });
}

/** Something of the object changes that has nothing to do with the kubeconfig: every refresher looks. */
export async function touch({ kubeConfig, namespace }: Site, value = String(Math.random())): Promise<void> {
  const body = [{ op: 'add', path: '/data/touched', value }];
  await kubeConfig.makeApiClient(CoreV1Api).patchNamespacedConfigMap({ namespace, name: CONFIG_MAP, body });
}

/** What the entry of a user holds, if there is one yet. */
export async function tokenIn(site: Site, user = 'user00'): Promise<string> {
  const kubeconfig = await site.kubeconfig();
  return kubeconfig?.users?.find(({ name }: { name: string }) => name === user)?.user?.token;
}
