import { ApiObject, JsonPatch } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import { podSpecPath } from '../pod-spec';

/**
 * Patches the last added container: with the fields that Pod Security `restricted` needs and cdk8s-plus-27 cannot
 * express, and with other fields in Kubernetes' own form.
 *
 * @param fields the value undefined removes a field
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
  // Containers are only appended, so this index stays right. If an earlier patch has moved them anyway, the JSON Patch
  // `test` makes the synthesis fail. Otherwise the wrong container would be restricted.
  const container = `${podSpecPath(pod)}/${list}/${pod[list].length - 1}`;
  ApiObject.of(pod).addJsonPatch(JsonPatch.test(`${container}/name`, name), ...patches(container));
}
