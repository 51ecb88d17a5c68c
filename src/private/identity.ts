import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { refuse } from './checks';

/**
 * The pod's ServiceAccount as the subject of a RoleBinding, always in the namespace of the pod, since a
 * pod can use no other. The account's own idea of a subject does not serve: an imported one says
 * `default` when nobody told it a namespace, and so would bind a stranger.
 *
 * Where the chart has no namespace the subject has none either. The API server refuses it then, in
 * words, unless a tool that knows the namespace has filled it in (kustomize does); a guess would be
 * accepted, and grant the rights to an account in the wrong namespace.
 */
export class Identity extends Construct implements kplus.ISubject {
  private readonly subject: kplus.SubjectConfiguration;

  constructor(scope: Construct, id: string, pod: kplus.AbstractPod, account: kplus.IServiceAccount) {
    super(scope, id);
    const told = account.toSubjectConfiguration().namespace;
    const said = told === 'default' && !(account instanceof kplus.ServiceAccount) ? undefined : told;
    const own = pod.metadata.namespace;
    if (said !== undefined && own !== undefined && said !== own) {
      refuse(
        scope,
        `ServiceAccount ${account.name} is in namespace ${said}, the pod in ${own}, which cannot use it: ` +
          'give the pod an account of its own namespace.',
      );
    }
    this.subject = { kind: 'ServiceAccount', name: account.name, apiGroup: '', namespace: own ?? said };
  }

  public toSubjectConfiguration(): kplus.SubjectConfiguration {
    return this.subject;
  }
}
