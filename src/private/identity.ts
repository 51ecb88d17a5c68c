import type * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';

/**
 * The pod's ServiceAccount as the subject of a RoleBinding, always in the namespace of the pod, since a
 * pod can use no other. The account's own idea of a subject does not serve: an imported one says
 * `default` when nobody told it a namespace, and so would bind a stranger.
 *
 * Where the pod has no namespace yet the subject has none either, which in a RoleBinding means the
 * namespace of the binding: the one that whoever applies the manifests gives to both.
 */
export class Identity extends Construct implements kplus.ISubject {
  private readonly subject: kplus.SubjectConfiguration;

  constructor(scope: Construct, id: string, pod: kplus.AbstractPod, account: kplus.IServiceAccount) {
    super(scope, id);
    this.subject = { kind: 'ServiceAccount', name: account.name, namespace: pod.metadata.namespace };
  }

  public toSubjectConfiguration(): kplus.SubjectConfiguration {
    return this.subject;
  }
}
