import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import type { MetainitOptions } from './metainit-options';
import { clusterScoped, isResource } from './private/api-objects';
import { checkPodSecurity } from './private/pod-security/check-pod-security';
import { addFlowSchema } from './private/program/flow-schema';
import {
  addMetainitContainer,
  checkMetainitOptions,
  DEFAULT_LABEL,
} from './private/program/metainit-container';
import {
  addDisruptionBudget,
  addPriorityQuota,
  metainitDeployment,
} from './private/program/metainit-deployment';
import { metainitMetadata } from './private/program/metainit-metadata';
import { addPodLabel } from './private/program/pod-label';
import { addReleaseRights } from './private/program/release-rights';
import { PodIdentity } from './private/program/service-account';
import { tokenVolume } from './private/program/token-volume';
import { renderBefore } from './private/render-order';
import { reportNames } from './private/validation/duplicate-names';
import { reportMetadata } from './private/validation/metadata';
import { checkEgress } from './private/validation/network-policies';
import { rightObjectIfAny } from './private/validation/objects';
import { report, reportAtSynthesis } from './private/validation/report';
import { checkNamespaceName } from './private/validation/values';

/**
 * The program metainit in a cluster: a `Metainit`, or a `MetainitStaticPod`.
 */
export interface IMetainit {
  /**
   * Key of the label of the pods that it releases.
   */
  readonly label: string;

  /**
   * The names of the scheduling gates that it removes. Undefined or empty if it removes all.
   */
  readonly gates?: string[];

  /**
   * Name of the namespace that it runs in.
   */
  readonly namespaceName: string;

  /**
   * The user name of its requests to the API server.
   */
  readonly userName: string;
}

/**
 * Properties for `Metainit`.
 */
export interface MetainitProps extends MetainitOptions {
  /**
   * The namespace that the program runs in. Nothing may hold its pods there. Use the namespace for nothing else,
   * because the program's ServiceAccount may patch pods.
   *
   * @default "metainit"
   */
  readonly namespaceName?: string;

  /**
   * Whether to create the namespace. It then enforces Pod Security `restricted`.
   *
   * @default true
   */
  readonly createNamespace?: boolean;

  /**
   * The Secret with the credentials to pull the image, in the program's namespace.
   *
   * @default - None: the image is public, or the nodes have the credentials.
   */
  readonly dockerRegistryAuth?: kplus.ISecret;

  /**
   * Labels, annotations and name of all objects. The namespace gets the labels and annotations only.
   *
   * @default - The name is "metainit". The objects have the labels that Kubernetes recommends.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The program metainit, which releases held pods that carry one label. It breaks a deadlock: a controller that releases
 * held pods cannot start if its own pods are held. Put the label on the pod template of such a controller, with
 * `Metainit.addLabel`.
 *
 * The program runs as a Deployment with two replicas, which are both active. So a scheduler and a network must run
 * before it. If these are held too, use `MetainitStaticPod`.
 *
 * The FlowSchema needs Kubernetes 1.29. On 1.28 the API server refuses this one object, and all else works.
 */
export class Metainit extends Construct implements IMetainit {
  /**
   * Default key of the label.
   */
  public static readonly DEFAULT_LABEL = DEFAULT_LABEL;

  /**
   * Adds the label to a pod, or to the pod template of a workload. metainit releases all pods that have the label.
   *
   * @param pod A Pod, Deployment, StatefulSet, DaemonSet, Job, CronJob or any other object with a pod template. It may
   *   come from any version of cdk8s-plus, from a class that `cdk8s import` generated, or from the `apiObjects` of an
   *   `Include` or a `Helm`.
   * @param label Key of the label. The default is `Metainit.DEFAULT_LABEL`.
   */
  public static addLabel(pod: IConstruct, label: string = DEFAULT_LABEL): void {
    addPodLabel(pod, label);
  }

  /**
   * Key of the label of the pods that the program releases.
   */
  public readonly label: string;

  /**
   * The names of the scheduling gates that the program removes. Undefined or empty if it removes all.
   */
  public readonly gates?: string[];

  /**
   * Name of the namespace that the program runs in.
   */
  public readonly namespaceName: string;

  /**
   * The user name of the program's ServiceAccount, in requests to the API server.
   */
  public readonly userName: string;

  /**
   * The namespace that the program runs in. Undefined if `createNamespace` is false.
   */
  public readonly ownNamespace?: kplus.Namespace;

  /**
   * The Deployment of the program.
   */
  public readonly deployment: kplus.Deployment;

  /**
   * The program's container.
   */
  public readonly container: kplus.Container;

  /**
   * The ServiceAccount that the program runs as.
   */
  public readonly serviceAccount: kplus.ServiceAccount;

  /**
   * The rights of the program in all namespaces. Undefined if `namespaces` is given.
   */
  public readonly clusterRole?: kplus.ClusterRole;

  /**
   * The ClusterRoleBinding of `clusterRole`. Undefined if `namespaces` is given.
   */
  public readonly clusterRoleBinding?: kplus.ClusterRoleBinding;

  /**
   * The rights of the program in each of the given `namespaces`. Empty without `namespaces`.
   */
  public readonly roles: kplus.Role[];

  /**
   * The RoleBindings of `roles`, in the same order.
   */
  public readonly roleBindings: kplus.RoleBinding[];

  /**
   * The PodDisruptionBudget of the Deployment: at most one replica is evicted at a time.
   */
  public readonly podDisruptionBudget: ApiObject;

  /**
   * The ResourceQuota that permits pods of the priority class `system-cluster-critical` in the namespace. Some clusters
   * require it. It limits nothing.
   */
  public readonly resourceQuota: ApiObject;

  /**
   * The FlowSchema that gives the program's requests the priority level `workload-high`.
   */
  public readonly flowSchema: ApiObject;

  constructor(scope: Construct, id: string, props: MetainitProps = {}) {
    super(scope, id);
    const { namespaceName = 'metainit', createNamespace = true, label = DEFAULT_LABEL, namespaces } = props;
    reportMetadata(this, props.metadata, 'give namespaceName instead');
    report(this, [...checkNamespace(namespaceName, createNamespace), ...checkMetainitOptions(this, props)]);
    const clusterWide = metainitMetadata(props.metadata);
    const metadata = { ...clusterWide, namespace: namespaceName };

    this.label = label;
    this.gates = props.gates;
    this.namespaceName = namespaceName;
    this.ownNamespace = createNamespace ? newNamespace(this, clusterWide, namespaceName) : undefined;
    this.serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', { metadata });
    this.userName = `system:serviceaccount:${namespaceName}:${this.serviceAccount.name}`;
    this.deployment = metainitDeployment(
      this,
      metadata,
      this.serviceAccount,
      rightObjectIfAny(this, 'dockerRegistryAuth', props.dockerRegistryAuth, 'Secret'),
    );
    this.node.defaultChild = this.deployment;
    const token = tokenVolume(this, 'Token', 'metainit-token');
    this.container = addMetainitContainer(this.deployment, props, { token });

    const identity = new PodIdentity(this, 'Identity', this.deployment, this.serviceAccount);
    const rights = addReleaseRights(this, clusterWide, identity, namespaces);
    this.clusterRole = rights.clusterRole;
    this.clusterRoleBinding = rights.clusterRoleBinding;
    this.roles = rights.roles;
    this.roleBindings = rights.roleBindings;
    this.podDisruptionBudget = addDisruptionBudget(this, metadata, this.deployment);
    this.resourceQuota = addPriorityQuota(this, metadata);
    this.flowSchema = addFlowSchema(this, clusterWide, {
      kind: 'ServiceAccount',
      serviceAccount: { name: this.serviceAccount.name, namespace: namespaceName },
    });

    renderInOrder(this);
    reportAtSynthesis(this, (app) => [
      ...checkPodSecurity(this.deployment, app),
      ...checkEgress(this.deployment, app),
    ]);
    reportNames(this, () => [
      ...this.node.findAll().filter(isResource),
      this.podDisruptionBudget,
      this.resourceQuota,
      this.flowSchema,
    ]);
  }
}

function checkNamespace(name: string, isCreated: boolean): string[] {
  return isCreated && /^(default|kube-.*)$/.test(name)
    ? [
        `namespaceName ${name} belongs to Kubernetes: set createNamespace to false, or give another namespace.`,
      ]
    : checkNamespaceName('namespaceName', name);
}

function newNamespace(scope: Construct, metadata: ApiObjectMetadata, name: string): kplus.Namespace {
  const labels = { ...metadata.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
  return clusterScoped(new kplus.Namespace(scope, 'Namespace', { metadata: { ...metadata, name, labels } }));
}

/** Renders the namespace before the objects in it, and what the pods need before the pods. */
function renderInOrder({ node, ownNamespace, deployment, ...metainit }: Metainit): void {
  renderBefore(ApiObject.of(deployment), [
    metainit.serviceAccount,
    metainit.resourceQuota,
    ...[metainit.clusterRoleBinding, ...metainit.roleBindings].filter((binding) => binding !== undefined),
  ]);
  if (ownNamespace === undefined) {
    return;
  }
  for (const object of node.findAll().filter(ApiObject.isApiObject)) {
    if (object.metadata.namespace === ownNamespace.name) {
      object.addDependency(ownNamespace);
    }
  }
}
