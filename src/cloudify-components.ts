import type * as kplus from 'cdk8s-plus-27';

/**
 * Where Cloudify Manager deploys components in its own cluster.
 */
export interface CloudifyComponents {
  /**
   * Name of the namespace. It must not be the manager's own namespace: there, the rights to deploy would also give
   * access to the kubeconfig and its tokens.
   */
  readonly namespaceName: string;

  /**
   * Whether the namespace is created. If not, it must exist.
   *
   * @default true
   */
  readonly createNamespace?: boolean;

  /**
   * The Role or ClusterRole (for example `edit`) that the manager gets in this namespace. A ClusterRole applies in this
   * namespace only.
   *
   * @default - A Role is created. The Role allows everything with Deployments, StatefulSets, DaemonSets, Jobs,
   *   CronJobs, Pods, Services, Ingresses, ConfigMaps, Secrets and PersistentVolumeClaims. It also allows scaling
   *   Deployments and StatefulSets, running programs in pods, and reading ReplicaSets, logs and events.
   */
  readonly role?: kplus.IResource;
}
