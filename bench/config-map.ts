import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';

/** The ConfigMap that everything measured writes to, as the admin sees it. */
export interface BenchConfigMap {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Sets the key, or leaves it out; resolves to the resourceVersion. */
  reset(text: string | undefined): Promise<string>;
  read(): Promise<{ readonly text: string | undefined; readonly resourceVersion: string }>;
}

export function benchConfigMap(
  kubeConfig: KubeConfig,
  namespace: string,
  name: string,
  key: string,
): BenchConfigMap {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  return {
    namespace,
    name,
    key,
    reset: async (text) => {
      const { metadata } = await core.replaceNamespacedConfigMap({
        namespace,
        name,
        body: {
          // An empty entry forgets who wrote before, else each run would find more there than the one before.
          metadata: { name, namespace, managedFields: [{}] },
          data: text === undefined ? {} : { [key]: text },
        },
      });
      return metadata?.resourceVersion ?? '';
    },
    read: async () => {
      const { data, metadata } = await core.readNamespacedConfigMap({ namespace, name });
      return { text: data?.[key], resourceVersion: metadata?.resourceVersion ?? '' };
    },
  };
}
