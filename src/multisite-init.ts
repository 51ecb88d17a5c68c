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
   * The pod to add the init container to: a Pod, Deployment, StatefulSet, DaemonSet, Job, CronJob or any other object with a
   * template of a pod. It may be of any cdk8s-plus, an object that `cdk8s import` has a class for, or one of the
   * `apiObjects` of an `Include` or a `Helm`. What cdk8s-plus-27 has not made must be complete enough to be rendered.
   */
  readonly pod: IConstruct;

  /**
   * The ConfigMap to write the kubeconfig to, in the pod's namespace, or in the cluster of `target` (see `MultisiteKubeconfig`). Either
   * this or `secret` must be given.
   *
   * @default - The kubeconfig is written to `secret`.
   */
  readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret to write the kubeconfig to, in the pod's namespace, or in the cluster of `target` (see `MultisiteKubeconfig.secret`). Either
   * this or `configMap` must be given.
   *
   * @default - The kubeconfig is written to `configMap`.
   */
  readonly secret?: kplus.ISecret;

  /**
   * The cluster that has the ConfigMap or Secret, where that is another one than the pod's: how a site registers itself in the
   * kubeconfig of another. Readers there need an address that they reach: give the credential a `server`.
   *
   * @default - The pod's own cluster, and its namespace.
   */
  readonly target?: MultisiteTarget;

  /**
   * Whether to keep the entry fresh while the pod runs, by a container of its own beside the pod's others:
   * it renews the token before it expires, and writes the entry again where somebody removed it. Not for a
   * pod that is to complete, as a Job's: that is an error.
   *
   * @default false
   */
  readonly refresh?: boolean;

  /**
   * Whether to have the init container keep the entry fresh as well, in place of a container of its own: a native sidecar,
   * which holds the pod's containers back until the entry is written, and outlives them. For a pod that is to complete,
   * too. It takes Kubernetes 1.29: say that all clusters have it (`kubernetesVersion`). An error beside `refresh`.
   *
   * @default false
   */
  readonly sidecar?: boolean;

  /**
   * The version of Kubernetes that the oldest cluster has, its nodes included, like "1.31". On 1.28 a pod with a native sidecar
   * would wait for ever, so that `sidecar` is an error below 1.29.
   *
   * @default "1.28" - The oldest that this package supports.
   */
  readonly kubernetesVersion?: string;

  /**
   * Port of the refreshing container, from 1024 to 65535, for `/healthz`, `/startupz`, `/readyz` and `/metrics`. No other
   * container of the pod may listen on it. An error without `refresh` and `sidecar`.
   *
   * @default 9779
   */
  readonly refreshPort?: number;

  /**
   * Name of the init container, at most 55 characters. The refreshing container has the same with
   * `-refresh` after it.
   *
   * @default "multisite-init"
   */
  readonly containerName?: string;

  /**
   * Labels, annotations and name of the Role, the RoleBinding, and the ServiceAccount if one is created.
   *
   * @default - No labels and annotations but the chart's. The Role and the RoleBinding have the pod's name with
   *   `-<containerName>` after it, the ServiceAccount with `-multisite`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Adds an init container to a pod, which writes the site that the pod runs in to the kubeconfig before
 * the pod's containers start.
 *
 * The container, like the one that `refresh` adds, passes Pod Security `restricted`, and these alone get the pod's
 * API token (unless the pod mounts it automatically, which cdk8s-plus leaves off), which may read and patch
 * that one ConfigMap or Secret. A pod without a ServiceAccount is given one.
 *
 * What it writes by default is its pod's own token, which dies with the pod. So one pod writes one entry: of several
 * replicas (a Deployment has two unless told) or a DaemonSet's pods the last to start would overwrite the others' token,
 * and take the entry with it when it goes, which is an error. A requested `credential` outlives its pod, until it
 * expires, so that any number of pods may keep one entry; `refresh` renews it before.
 *
 * The namespace is the chart's. A chart without one leaves the choice to whoever applies the manifests
 * (`kubectl apply --namespace`, Helm, kustomize): the container asks its pod for it at run time, and the
 * RoleBinding names the ServiceAccount without a namespace, which means the RoleBinding's own.
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
   * The container that keeps the entry fresh. None without `refresh`; with `sidecar` it is `container` that does.
   */
  public readonly refreshContainer?: kplus.Container;

  /**
   * The ServiceAccount that the pod runs as.
   */
  public readonly serviceAccount: kplus.IServiceAccount;

  /**
   * The rights of the pod: to read and patch the ConfigMap or Secret, to watch it where it refreshes, and to
   * request a token where it does.
   */
  public readonly role: kplus.Role;

  /**
   * What gives those rights to the pod's ServiceAccount.
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
