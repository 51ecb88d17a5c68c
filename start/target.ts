import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';

/** A cluster to show the main job in. */
export interface Target {
  /** Who applies the manifests. */
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  /** Where a pod would find the API server. */
  readonly host: string;
  readonly port: string;
  /** PEM. */
  readonly ca: string;
  /** Which of the synthesized objects are to be applied. */
  readonly wants: (object: KubernetesObject) => boolean;
  /** Makes ready for the manifests; says what it did. */
  prepare(): Promise<string>;
  /** Takes note of an object that now exists because of us. */
  created(object: KubernetesObject): void;
  /** Leaves the machine, or the cluster, as it was; says what it removed. */
  cleanUp(): Promise<string>;
}
