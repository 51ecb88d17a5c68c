import { ApiObject, JsonPatch } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import { changeRendered } from '../cdk8s-plus';
import { podSpecPath } from '../pod-spec';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds fields to the last added container. The classes of cdk8s-plus-27 would drop these fields, even from a JSON
 * patch.
 */
export function addFields(
  pod: kplus.AbstractPod,
  list: 'containers' | 'initContainers',
  name: string,
  fields: Fields,
): void {
  if (pod instanceof ApiObjectPod) {
    const patches = Object.entries(fields).map(([field, value]) => JsonPatch.add(`/${field}`, value));
    pod.patchLastContainer(list, patches);
    return;
  }
  const path = `${podSpecPath(pod)}/${list}`.split('/').slice(1);
  changeRendered(ApiObject.of(pod), (manifest: Fields) => withFields(manifest, path, name, fields));
}

/** The manifest with more fields in the container `name` of the list at `path`. */
function withFields(
  manifest: Fields,
  [field = '', ...path]: readonly string[],
  name: string,
  fields: Fields,
): Fields {
  const value = manifest[field];
  if (Array.isArray(value)) {
    const containers: readonly Fields[] = value;
    return {
      ...manifest,
      [field]: containers.map((one) => (one.name === name ? { ...one, ...fields } : one)),
    };
  }
  return typeof value === 'object' && value !== null
    ? { ...manifest, [field]: withFields({ ...value }, path, name, fields) }
    : manifest;
}
