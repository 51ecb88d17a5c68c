import type { ApiObjectMetadata } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import type { MultisiteInitOptions } from './multisite-init-options';
import type { MultisiteTarget } from './multisite-target';
import { checkPodOf, podOf } from './private/pod-of';
import { addInitProgram } from './private/program/init-program';
import { DEFAULT_REFRESH_PORT } from './private/program/refresher';
import { checkRefreshing } from './private/program/sidecar';
import { report } from './private/validation/report';

/**
 * Properties for `MultisiteInit`.
 */
export interface MultisiteInitProps extends MultisiteInitOptions {
  /**
   * The pod to add the init container to: a Pod, Deployment, StatefulSet, DaemonSet, Job, CronJob or any other object
   * with a pod template. It may come from any version of cdk8s-plus, from a class that `cdk8s import` generated, or
   * from the `apiObjects` of an `Include` or a `Helm`. A pod that is not from cdk8s-plus-27 must be complete enough to
   * be rendered when you create this construct.
   */
  readonly pod: IConstruct;

  /**
   * The ConfigMap for the kubeconfig (see `MultisiteKubeconfig`). It is in the pod's namespace, or in the cluster of
   * `target`. Give this or `secret`.
   *
   * @default - The kubeconfig is written to `secret`.
   */
  readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret for the kubeconfig (see `MultisiteKubeconfig.secret`). It is in the pod's namespace, or in the cluster
   * of `target`. Give this or `configMap`.
   *
   * @default - The kubeconfig is written to `configMap`.
   */
  readonly secret?: kplus.ISecret;

  /**
   * The cluster that has the ConfigMap or Secret, if it is not the pod's own cluster. With `target`, a site registers
   * itself in the kubeconfig of another cluster. Readers in the other cluster need an address that they can reach: give
   * the credential a `server`.
   *
   * @default - The pod's own cluster, and its namespace.
   */
  readonly target?: MultisiteTarget;

  /**
   * Whether to add a second container that keeps the entry up to date while the pod runs. It renews the token before
   * the token expires, and writes the entry again if somebody removes it. In a pod that is meant to complete, for
   * example a Job's, this is an error.
   *
   * @default false
   */
  readonly refresh?: boolean;

  /**
   * Whether the init container is a native sidecar, which also keeps the entry up to date. Then no second container is
   * needed. The pod's containers start after the entry is written, and end before the sidecar. This also works in a pod
   * that is meant to complete. All clusters must have Kubernetes 1.29 or later: confirm this with `kubernetesVersion`.
   * `sidecar` together with `refresh` is an error.
   *
   * @default false
   */
  readonly sidecar?: boolean;

  /**
   * The oldest version of Kubernetes on your clusters and their nodes, like "1.31". On 1.28 a pod with a native sidecar
   * waits for ever. Therefore `sidecar` is an error below 1.29.
   *
   * @default "1.28" - The oldest version that this package supports.
   */
  readonly kubernetesVersion?: string;

  /**
   * Port of the refreshing container, from 1024 to 65535, for `/healthz`, `/startupz`, `/readyz` and `/metrics`. No
   * other container of the pod may listen on this port. `refreshPort` without `refresh` and without `sidecar` is an
   * error.
   *
   * @default 9779
   */
  readonly refreshPort?: number;

  /**
   * Name of the init container, at most 55 characters. The refreshing container has this name with the suffix
   * `-refresh`.
   *
   * @default "multisite-init"
   */
  readonly containerName?: string;

  /**
   * Labels, annotations and name of the Role, the RoleBinding, and the ServiceAccount if it is created.
   *
   * @default - The labels and annotations of the chart. The Role and the RoleBinding have the pod's name with the
   *   suffix `-<containerName>`. The ServiceAccount has the pod's name with the suffix `-multisite`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Adds an init container to a pod. Before the pod's containers start, it adds the site of the pod's cluster to the
 * kubeconfig.
 *
 * The init container and the container that `refresh` adds pass Pod Security `restricted`. Only these two containers
 * get the pod's API token, unless the pod mounts the token automatically (cdk8s-plus does not by default). The token
 * gives only the rights in `role`. If the pod has no ServiceAccount, one is created.
 *
 * By default the entry holds the pod's own token, which is invalid when the pod ends. So only one pod may write each
 * entry. Several replicas (a Deployment has two by default) and DaemonSets are an error: the last pod to start would
 * overwrite the token of the others. When that pod ends, the entry would stop working. A requested `credential`
 * outlives its pod and is valid until it expires. So any number of pods may write the same entry. `refresh` renews the
 * token before it expires.
 *
 * The namespace is the chart's namespace. If the chart has none, the command that applies the manifests chooses it
 * (`kubectl apply --namespace`, Helm, kustomize). Then the container reads the namespace from its pod at run time. The
 * RoleBinding's subject has no namespace, which means the RoleBinding's own namespace.
 */
export class MultisiteInit extends Construct {
  /**
   * The pod that has the init container.
   */
  public readonly pod: IConstruct;

  /**
   * The init container.
   */
  public readonly container: kplus.Container;

  /**
   * The container that keeps the entry up to date. Undefined without `refresh`. With `sidecar`, `container` keeps the
   * entry up to date.
   */
  public readonly refreshContainer?: kplus.Container;

  /**
   * The ServiceAccount that the pod runs as.
   */
  public readonly serviceAccount: kplus.IServiceAccount;

  /**
   * The Role of the pod. Without `target`, it allows the pod to read and patch the ConfigMap or Secret. With `refresh`
   * or `sidecar`, it also allows the pod to watch this object. If `credential` is `requested` or `secret`, it also
   * allows the pod to request the token, or to read the token's Secret.
   */
  public readonly role: kplus.Role;

  /**
   * The RoleBinding of `role` to the pod's ServiceAccount.
   */
  public readonly roleBinding: kplus.RoleBinding;

  constructor(scope: Construct, id: string, props: MultisiteInitProps) {
    super(scope, id);
    const { refresh, sidecar, refreshPort = DEFAULT_REFRESH_PORT } = props;
    report(this, checkRefreshing(props));
    report(this, checkPodOf(props.pod));
    const program = addInitProgram(this, {
      ...props,
      pod: podOf(this, props.pod),
      containerName: props.containerName ?? 'multisite-init',
      list: 'initContainers',
      refreshPort: refresh || sidecar ? refreshPort : undefined,
    });
    this.pod = props.pod;
    this.container = program.container;
    this.refreshContainer = program.refreshContainer;
    this.serviceAccount = program.serviceAccount;
    this.role = program.role;
    this.roleBinding = program.roleBinding;
  }
}
