import { ApiObject, type ApiObjectMetadata, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { podSpecPath } from '../pod-spec';
import { reportNames } from '../validation/duplicate-names';
import { report } from '../validation/report';
import { checkObjectName } from '../validation/values';

/**
 * Adds a ServiceAccount to a pod that has none. It is a child of the pod, so that a second init container finds it
 * there. (The pod's property `serviceAccount` is read-only.)
 */
export function addServiceAccount(
  scope: Construct,
  pod: kplus.AbstractPod,
  metadata: ApiObjectMetadata | undefined,
): kplus.ServiceAccount {
  const id = 'MultisiteServiceAccount';
  const existing = pod.node.tryFindChild(id);
  if (existing instanceof kplus.ServiceAccount) {
    return existing;
  }
  const name = metadata?.name ?? `${pod.name}-multisite`;
  if (metadata?.name === undefined) {
    report(
      scope,
      checkObjectName("metadata.name (by default the pod's name with the suffix -multisite)", name),
    );
  }
  const account = new kplus.ServiceAccount(pod, id, {
    metadata: {
      ...metadata,
      name,
      namespace: pod.metadata.namespace,
    },
  });
  ApiObject.of(pod).addJsonPatch(JsonPatch.add(`${podSpecPath(pod)}/serviceAccountName`, account.name));
  reportNames(account, () => [account]);
  return account;
}

/**
 * The pod's ServiceAccount as the subject of a RoleBinding. The subject is always in the pod's namespace, because a pod
 * can use only ServiceAccounts of its own namespace. The account's own subject is not used: if an imported account has
 * no namespace, its subject has the namespace `default`, and the binding would be for another ServiceAccount.
 *
 * If the pod has no namespace yet, the subject has none either. In a RoleBinding this means the binding's own
 * namespace. The command that applies the manifests gives the pod and the binding the same namespace.
 */
export class PodIdentity extends Construct implements kplus.ISubject {
  private readonly subject: kplus.SubjectConfiguration;

  constructor(scope: Construct, id: string, pod: kplus.AbstractPod, account: kplus.IServiceAccount) {
    super(scope, id);
    this.subject = { kind: 'ServiceAccount', name: account.name, namespace: pod.metadata.namespace };
  }

  public toSubjectConfiguration(): kplus.SubjectConfiguration {
    return this.subject;
  }
}
