import { AuthenticationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { tokenClaims } from '../runtime/kube/token-claims.ts';

/** The kubeconfig that the program left in the ConfigMap. */
export async function readWrittenKubeconfig(
  kubeConfig: KubeConfig,
  namespace: string,
  configMap: string,
  key: string,
): Promise<KubeConfig> {
  const { data } = await kubeConfig
    .makeApiClient(CoreV1Api)
    .readNamespacedConfigMap({ namespace, name: configMap });
  const text = data?.[key];
  if (text === undefined) {
    throw new Error(`ConfigMap ${namespace}/${configMap} has no key ${key}`);
  }
  const written = new KubeConfig();
  written.loadFromString(text);
  return written;
}

/** A line for each context: the current one starred, its token not shown. */
export function describeContexts(kubeconfig: KubeConfig): string[] {
  return kubeconfig.getContexts().map((context) => {
    const mark = context.name === kubeconfig.getCurrentContext() ? '*' : ' ';
    const server = kubeconfig.getCluster(context.cluster)?.server ?? 'no cluster';
    const token = kubeconfig.getUser(context.user)?.token;
    const expiry = token === undefined ? undefined : tokenClaims(token).expires?.toISOString();
    const credential =
      token === undefined ? 'no token' : `token (redacted) until ${expiry ?? 'an unknown time'}`;
    return `${mark} ${context.name}  ${server}  user ${context.user}  ${credential}`;
  });
}

/** Asks the API server, with the kubeconfig alone, who it takes the bearer for. */
export async function whoAmI(kubeconfig: KubeConfig): Promise<string> {
  const review = await kubeconfig.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
  const name = review.status?.userInfo?.username;
  if (!name) {
    throw new Error('the API server did not say who that is');
  }
  return name;
}
