import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { inWords } from '../in-words';
import { mistake } from './values';

/** Reports a ServiceAccount that is said to be in another namespace than the pod that is to use it. */
export function checkAccountNamespace(
  construct: IConstruct,
  pod: kplus.AbstractPod,
  account: kplus.IServiceAccount,
): void {
  const { namespace } = pod.metadata;
  const isRendered = account instanceof kplus.ServiceAccount;
  const said = isRendered ? account.metadata.namespace : saidOf(account);
  if (said !== namespace && (isRendered || said !== undefined)) {
    mistake(
      construct,
      `ServiceAccount ${account.name} is in ${inWords(said)}, the pod in ${inWords(namespace)}, and can use no other: ` +
        'give both the same namespace.',
    );
  }
}

/** An imported account says `default` where nobody told it a namespace. */
function saidOf(account: kplus.IServiceAccount): string | undefined {
  const { namespace } = account.toSubjectConfiguration();
  return namespace === 'default' ? undefined : namespace;
}
