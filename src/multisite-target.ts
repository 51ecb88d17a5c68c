import type * as kplus from 'cdk8s-plus-27';

/**
 * Another cluster that the ConfigMap or Secret with the kubeconfig is in.
 */
export interface MultisiteTarget {
  /**
   * The Secret with a kubeconfig that leads to that cluster, in the pod's namespace: one that the app renders in another is an
   * error. Its user must be allowed to get and patch the ConfigMap or Secret there, and with `refresh` or `sidecar` to watch it.
   */
  readonly kubeconfig: kplus.ISecret;

  /**
   * Key of that kubeconfig in the Secret.
   *
   * @default "kubeconfig"
   */
  readonly key?: string;

  /**
   * Context of that kubeconfig.
   *
   * @default - Its current context.
   */
  readonly context?: string;

  /**
   * Namespace of the ConfigMap or Secret in that cluster.
   *
   * @default - That of the chart which renders the ConfigMap or Secret. For one that exists already: the pod's.
   */
  readonly namespaceName?: string;
}
