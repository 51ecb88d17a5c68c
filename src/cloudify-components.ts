import type * as kplus from 'cdk8s-plus-27';

/**
 * Where Cloudify Manager deploys components in its own cluster.
 */
export interface CloudifyComponents {
  /**
   * Name of the namespace: not the manager's own, where the rights to deploy would reach the kubeconfig and its tokens.
   */
  readonly namespaceName: string;

  /**
   * Whether the namespace is created. If not, it must exist.
   *
   * @default true
   */
  readonly createNamespace?: boolean;

  /**
   * What the manager may do in that namespace: a Role of it, or a ClusterRole, as `edit`, which then counts in that
   * namespace alone.
   *
   * @default - A Role is created. It may do everything with Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, Pods,
   *   Services, Ingresses, ConfigMaps, Secrets and PersistentVolumeClaims, scale them, run programs in pods, and read
   *   ReplicaSets, logs and events.
   */
  readonly role?: kplus.IResource;
}
