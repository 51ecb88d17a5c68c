import { ApiObject, JsonPatch } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import { podSpecPath } from '../pod-spec';

/**
 * Gives the container added last what Pod Security `restricted` asks for and cdk8s-plus-27 cannot express, and other
 * fields as Kubernetes has them.
 *
 * @param fields undefined for one to leave out
 */
export function restrictLastContainer(
  pod: kplus.AbstractPod,
  list: 'containers' | 'initContainers',
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const all = {
    'securityContext/capabilities': { drop: ['ALL'] },
    'securityContext/seccompProfile': { type: 'RuntimeDefault' },
    ...fields,
  };
  const patches = (container: string) =>
    Object.entries(all).map(([field, value]) =>
      value === undefined
        ? JsonPatch.remove(`${container}/${field}`)
        : JsonPatch.add(`${container}/${field}`, value),
    );
  if (pod instanceof ApiObjectPod) {
    pod.patchLastContainer(list, patches(''));
    return;
  }
  // Containers are only ever appended, so that this index holds; the test stops the synthesis where an
  // earlier patch has moved them after all, rather than to leave ours less restricted than it says.
  const container = `${podSpecPath(pod)}/${list}/${pod[list].length - 1}`;
  ApiObject.of(pod).addJsonPatch(JsonPatch.test(`${container}/name`, name), ...patches(container));
}
