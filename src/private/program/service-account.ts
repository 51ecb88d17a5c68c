import { ApiObject, type ApiObjectMetadata, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { validateInApp } from '../app-model';
import { podSpecPath } from '../pod-spec';
import { duplicateNameErrors } from '../validation/duplicate-names';
import { checkObjectName } from '../validation/values';

/**
 * The ServiceAccount of a pod that came without one. It is a child of the pod, whose identity it is, so
 * that a second init container finds it there. The pod's own field for it is read-only.
 */
export function ownServiceAccount(
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
    checkObjectName(scope, "metadata.name (by default the pod's, with -multisite after it)", name);
  }
  const account = new kplus.ServiceAccount(pod, id, {
    metadata: {
      ...metadata,
      name,
      namespace: pod.metadata.namespace,
    },
  });
  ApiObject.of(pod).addJsonPatch(JsonPatch.add(`${podSpecPath(pod)}/serviceAccountName`, account.name));
  validateInApp(account, (index) => duplicateNameErrors([account], index));
  return account;
}
