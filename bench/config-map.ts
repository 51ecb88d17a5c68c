import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';

/** The ConfigMap that all measured processes write to. The admin's client reads and resets it. */
export interface BenchConfigMap {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Sets or removes the key. Resolves to the new resourceVersion. */
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
          // An empty entry clears the managed fields. Otherwise each run would find more managers than the run before.
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
