import { ApiObject } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import { patchCount, withPatches } from '../cdk8s-plus';

/** The result if our JSON Patch `test` finds another container at its index (see `restrictLastContainer`). */
const MOVED: string[] = [];

/**
 * Finds fields that a JSON patch adds and cdk8s-plus-27 drops silently. After all patches it renders only the fields
 * that its own classes have, which are those of Kubernetes 1.27.
 *
 * The result is cached until a patch is added. cdk8s validates an app once per chart, and each check renders the pod
 * twice.
 */
export function droppedFieldsCheck(pod: kplus.AbstractPod): () => readonly string[] {
  if (pod instanceof ApiObjectPod) {
    return () => [];
  }
  const object = ApiObject.of(pod);
  let patches: number | undefined;
  let mistakes: readonly string[] = [];
  return () => {
    if (patches !== patchCount(object)) {
      patches = patchCount(object);
      mistakes = checkDroppedFields(pod, object);
    }
    return mistakes;
  };
}

function checkDroppedFields(pod: kplus.AbstractPod, object: ApiObject): string[] {
  const fields = droppedFields(object);
  if (fields === MOVED) {
    return [
      `a JSON patch has moved the containers of ${pod.node.path}, and this construct finds its containers by their position: ` +
        'add the patch after this construct, or let the patch append with "/-".',
    ];
  }
  return fields.map(
    (field) =>
      `${pod.node.path} would be rendered without ${field}, because cdk8s-plus-27 drops this field. Its classes for Kubernetes ` +
      '1.27 do not have the field, or have it in another form: leave the field out, or render the object as your own ApiObject, ' +
      'or write the field in the form of the class (for example "hostPid" for "hostPID", or a Quantity or an IntOrString).',
  );
}

function droppedFields(object: ApiObject): string[] {
  try {
    return missingFrom(withPatches(object), object.toJson(), '');
  } catch (error) {
    // Other errors in rendering make the synthesis fail later. Until then, other mistakes must still be reported.
    return isOurTest(String(error)) ? MOVED : [];
  }
}

/** Whether the failure comes from our JSON Patch `test` for the position of a container. */
function isOurTest(failure: string): boolean {
  return (
    /"path":\s*"[^"]*\/(c|initC)ontainers\/\d+\/name"/.test(failure) &&
    failure.includes('TEST_OPERATION_FAILED')
  );
}

/** The JSON pointers of fields that `all` has and `rendered` lacks. Fields below a missing field are not listed. */
function missingFrom(all: unknown, rendered: unknown, path: string): string[] {
  // A Quantity, for example, is an object before rendering and a string after it. Such values are not compared.
  if (!isObject(all) || !isObject(rendered)) {
    return [];
  }
  // Before rendering, cdk8s-plus spells some names differently, for example `downwardApi`.
  const counterparts = new Map(Object.entries(rendered).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(all).flatMap(([name, value]) => {
    const pointer = `${path}/${name}`;
    const counterpart: unknown = counterparts.get(name.toLowerCase());
    return counterpart === undefined ? [pointer] : missingFrom(value, counterpart, pointer);
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
