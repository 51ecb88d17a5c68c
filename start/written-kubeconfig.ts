import { AuthenticationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';

/** The ConfigMap with the kubeconfig of all sites, and an identity that may read and change it. */
export interface DocumentRef {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  readonly configMap: string;
  readonly key: string;
}

export interface WrittenDocument {
  readonly text: string;
  /** The resourceVersion of the ConfigMap. It changes with each write. */
  readonly resourceVersion: string;
}

/** The text of the kubeconfig. Empty if there is none yet. */
export async function readDocument(ref: DocumentRef): Promise<WrittenDocument> {
  const { data, metadata } = await readConfigMap(ref);
  return { text: data?.[ref.key] ?? '', resourceVersion: metadata?.resourceVersion ?? '' };
}

/** Writes the kubeconfig as an administrator. The API server refuses the write if somebody else wrote in between. */
export async function writeDocument(ref: DocumentRef, text: string): Promise<void> {
  const { kubeConfig, namespace, configMap, key } = ref;
  const current = await readConfigMap(ref);
  await kubeConfig.makeApiClient(CoreV1Api).replaceNamespacedConfigMap({
    namespace,
    name: configMap,
    body: { ...current, data: { ...current.data, [key]: text } },
  });
}

/** The kubeconfig that the program wrote to the ConfigMap. */
export async function readWrittenKubeconfig(
  kubeConfig: KubeConfig,
  namespace: string,
  configMap: string,
  key: string,
): Promise<KubeConfig> {
  const { text } = await readDocument({ kubeConfig, namespace, configMap, key });
  if (text === '') {
    throw new Error(`ConfigMap ${namespace}/${configMap} has no key ${key}`);
  }
  return parseKubeconfig(text);
}

export function parseKubeconfig(text: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(text);
  return kubeConfig;
}

/** The same kubeconfig with another current context. @throws if the kubeconfig does not have this context */
export function inContext(text: string, context: string): KubeConfig {
  const kubeConfig = parseKubeconfig(text);
  if (kubeConfig.getContextObject(context) === null) {
    throw new Error(`the kubeconfig has no context ${context}`);
  }
  kubeConfig.setCurrentContext(context);
  return kubeConfig;
}

/** Asks the API server for the identity of the token in the kubeconfig. */
export async function whoAmI(kubeconfig: KubeConfig): Promise<string> {
  const review = await kubeconfig.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
  const name = review.status?.userInfo?.username;
  if (!name) {
    throw new Error('the API server did not report the identity of the token');
  }
  return name;
}

function readConfigMap({ kubeConfig, namespace, configMap }: DocumentRef) {
  return kubeConfig.makeApiClient(CoreV1Api).readNamespacedConfigMap({ namespace, name: configMap });
}
