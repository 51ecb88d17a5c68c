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
   * The ConfigMap to write the kubeconfig to, in the Job's namespace, or in the cluster of `target` (see `MultisiteKubeconfig`). Either
   * this or `secret` must be given.
   *
   * @default - The kubeconfig is written to `secret`.
   */
  readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret to write the kubeconfig to, in the Job's namespace, or in the cluster of `target` (see `MultisiteKubeconfig.secret`). Either
   * this or `configMap` must be given.
   *
   * @default - The kubeconfig is written to `configMap`.
   */
  readonly secret?: kplus.ISecret;

  /**
   * The cluster that has the ConfigMap or Secret, where that is another one than the Job's: how a site registers itself in the
   * kubeconfig of another. Readers there need an address that they reach: give the credential a `server`.
   *
   * @default - The Job's own cluster, and its namespace.
   */
  readonly target?: MultisiteTarget;

  /**
   * The token of this site's user in the kubeconfig: one that outlives the Job's pod, so not `podIdentity()`.
   */
  readonly credential: SiteCredential;

  /**
   * How long the finished Job is kept, with its log.
   *
   * @default - Until somebody deletes it.
   */
  readonly ttlAfterFinished?: Duration;

  /**
   * The Secret to pull the image with.
   *
   * @default - None: the image is public, or the node has what it takes.
   */
  readonly dockerRegistryAuth?: kplus.ISecret;

  /**
   * The ServiceAccount to run as, in the Job's namespace.
   *
   * @default - One is created.
   */
  readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * Labels, annotations and name of the Job, the Role, the RoleBinding, and the ServiceAccount if one is created.
   *
   * @default - No labels and annotations but the chart's. The Job has a generated name, the Role and the RoleBinding
   *   that name with `-multisite-init` after it, the ServiceAccount with `-multisite`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Writes the site that it runs in to the kubeconfig, as a Job of its own, with the rights, the
 * restrictions and the namespace rule of `MultisiteInit`.
 *
 * A `credential` must be given, as its pod's own token would die with that pod. One that is requested
 * (`SiteCredential.requested`) serves until it expires, since a Job renews nothing: give an `expiration` that is long
 * enough. Kubernetes does not let a Job's pod change: delete the Job before applying one with other options.
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
   * The rights of the Job: to read and patch the ConfigMap or Secret, and to request a token where it does.
   */
  public readonly role: kplus.Role;

  /**
   * What gives those rights to the Job's ServiceAccount.
   */
  public readonly roleBinding: kplus.RoleBinding;

  constructor(scope: Construct, id: string, props: MultisiteInitJobProps) {
    super(scope, id);
    // Those who write no TypeScript may leave it out.
    const { credential } = props;
    if (credential === undefined || (checkCredential(credential).length === 0 && isPodIdentity(credential))) {
      report(this, [
        'the token of its own pod would end with that pod: give a credential that outlives it (SiteCredential.requested).',
      ]);
    }
    report(
      this,
      props.ttlAfterFinished === undefined ? [] : checkDuration('ttlAfterFinished', props.ttlAfterFinished),
    );
    // Of a name that is there, but undefined, cdk8s would make none.
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
