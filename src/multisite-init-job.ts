import type { ApiObjectMetadata, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { MultisiteEntryOptions } from './multisite-entry-options';
import type { MultisiteTarget } from './multisite-target';
import { isResource } from './private/api-objects';
import { checkCredential, isPodIdentity } from './private/program/credential';
import { addInitProgram } from './private/program/init-program';
import { reportNames } from './private/validation/duplicate-names';
import { rightObjectIfAny } from './private/validation/objects';
import { report } from './private/validation/report';
import { checkDuration, checkJobName } from './private/validation/values';
import type { SiteCredential } from './site-credential';

/**
 * Properties for `MultisiteInitJob`.
 */
export interface MultisiteInitJobProps extends MultisiteEntryOptions {
  /**
   * The ConfigMap for the kubeconfig (see `MultisiteKubeconfig`). It is in the Job's namespace, or in the cluster of
   * `target`. Give this or `secret`.
   *
   * @default - The kubeconfig is written to `secret`.
   */
  readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret for the kubeconfig (see `MultisiteKubeconfig.secret`). It is in the Job's namespace, or in the cluster
   * of `target`. Give this or `configMap`.
   *
   * @default - The kubeconfig is written to `configMap`.
   */
  readonly secret?: kplus.ISecret;

  /**
   * The cluster that has the ConfigMap or Secret, if it is not the Job's own cluster. With `target`, a site registers
   * itself in the kubeconfig of another cluster. Readers in the other cluster need an address that they can reach: give
   * the credential a `server`.
   *
   * @default - The Job's own cluster, and its namespace.
   */
  readonly target?: MultisiteTarget;

  /**
   * The token of this site's user in the kubeconfig. The token must outlive the Job's pod, so `podIdentity()` is an
   * error.
   */
  readonly credential: SiteCredential;

  /**
   * How long Kubernetes keeps the finished Job and its log.
   *
   * @default - Until somebody deletes the Job.
   */
  readonly ttlAfterFinished?: Duration;

  /**
   * The Secret with the credentials to pull the image.
   *
   * @default - None: the image is public, or the node has the credentials.
   */
  readonly dockerRegistryAuth?: kplus.ISecret;

  /**
   * The ServiceAccount to run as, in the Job's namespace.
   *
   * @default - A ServiceAccount is created.
   */
  readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * Labels, annotations and name of the Job, the Role, the RoleBinding, and the ServiceAccount if it is created.
   *
   * @default - The labels and annotations of the chart. The Job has a generated name. The Role and the RoleBinding have
   *   the Job's name with the suffix `-multisite-init`, the ServiceAccount has the Job's name with the suffix
   *   `-multisite`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A Job that adds the site of its own cluster to the kubeconfig. For its rights, its Pod Security and its namespace,
 * see `MultisiteInit`.
 *
 * Give a `credential`: the token of the Job's own pod would be invalid when that pod ends. A Job renews nothing, so a
 * requested token (`SiteCredential.requested`) works only until it expires: give an `expiration` that is long enough.
 * Kubernetes does not allow changes of a Job's pod template: delete the Job before you apply it with other options.
 */
export class MultisiteInitJob extends Construct {
  /**
   * The Job.
   */
  public readonly job: kplus.Job;

  /**
   * The Job's container.
   */
  public readonly container: kplus.Container;

  /**
   * The ServiceAccount that the Job runs as.
   */
  public readonly serviceAccount: kplus.IServiceAccount;

  /**
   * The Role of the Job. Without `target`, it allows the Job to read and patch the ConfigMap or Secret. If `credential`
   * is `requested` or `secret`, it also allows the Job to request the token, or to read the token's Secret.
   */
  public readonly role: kplus.Role;

  /**
   * The RoleBinding of `role` to the Job's ServiceAccount.
   */
  public readonly roleBinding: kplus.RoleBinding;

  constructor(scope: Construct, id: string, props: MultisiteInitJobProps) {
    super(scope, id);
    // In a language other than TypeScript, `credential` can be missing.
    const { credential } = props;
    if (credential === undefined || (checkCredential(credential).length === 0 && isPodIdentity(credential))) {
      report(this, [
        'the default token belongs to the pod of the Job, and is invalid when that pod ends: give a credential that stays valid (SiteCredential.requested).',
      ]);
    }
    report(
      this,
      props.ttlAfterFinished === undefined ? [] : checkDuration('ttlAfterFinished', props.ttlAfterFinished),
    );
    // If the key `name` is present with the value undefined, cdk8s generates no name.
    const { name, ...metadata } = props.metadata ?? {};
    if (name !== undefined) {
      report(this, checkJobName(name));
    }
    this.job = new kplus.Job(this, 'Job', {
      metadata: name === undefined ? metadata : { ...metadata, name },
      serviceAccount: rightObjectIfAny(this, 'serviceAccount', props.serviceAccount, 'ServiceAccount'),
      ttlAfterFinished: props.ttlAfterFinished,
      dockerRegistryAuth: rightObjectIfAny(this, 'dockerRegistryAuth', props.dockerRegistryAuth, 'Secret'),
    });
    this.node.defaultChild = this.job;
    const program = addInitProgram(this, {
      ...props,
      pod: this.job,
      containerName: 'multisite-init',
      list: 'containers',
    });
    reportNames(this, () => this.node.findAll().filter(isResource));
    this.container = program.container;
    this.serviceAccount = program.serviceAccount;
    this.role = program.role;
    this.roleBinding = program.roleBinding;
  }
}
