import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { mistake } from './checks';

/** Reports a ServiceAccount that is said to be in another namespace than the pod that is to use it. */
export function checkAccountNamespace(
  construct: IConstruct,
  pod: kplus.AbstractPod,
  account: kplus.IServiceAccount,
): void {
  const { namespace } = pod.metadata;
  const told = account.toSubjectConfiguration().namespace;
  // An imported account says `default` where nobody told it a namespace.
  const said = told === 'default' && !(account instanceof kplus.ServiceAccount) ? undefined : told;
  if (said !== undefined && said !== namespace) {
    mistake(
      construct,
      `ServiceAccount ${account.name} is in namespace ${said}, the pod in ${namespace ?? 'none yet'}, and can use ` +
        'no other: give both the same namespace.',
    );
  }
}
