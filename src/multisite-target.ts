import type * as kplus from 'cdk8s-plus-27';

/**
 * The cluster that has the ConfigMap or Secret with the kubeconfig, if it is not the pod's own cluster.
 */
export interface MultisiteTarget {
  /**
   * The Secret with a kubeconfig for that cluster. It must be in the pod's namespace; if the app renders it in another
   * namespace, that is an error. The user of that kubeconfig must have the rights to get and patch the ConfigMap or
   * Secret. With `refresh` or `sidecar`, the user must also have the right to watch this object.
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
   * @default - The current context of that kubeconfig.
   */
  readonly context?: string;

  /**
   * Namespace of the ConfigMap or Secret in that cluster.
   *
   * @default - The namespace of the chart that renders the ConfigMap or Secret. If the ConfigMap or Secret exists
   *   already, the pod's namespace.
   */
  readonly namespaceName?: string;
}
