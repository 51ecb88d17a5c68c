import { ApiObject } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import { patchCount, withPatches } from '../cdk8s-plus';

/** Where a test of ours finds another container than it was added for (see `restrictLastContainer`). */
const MOVED: string[] = [];

/**
 * The check of a pod for fields that a JSON patch gave it and cdk8s-plus-27 drops without a word, as it renders those of Kubernetes
 * 1.27 only, as its own classes spell them, and after all patches.
 *
 * What it found is kept as long as no patch is added: cdk8s validates an app once a chart, and each time the pod would be
 * rendered twice.
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
      `a JSON patch has moved the containers of ${pod.node.path}, which ours are restricted by: add the patch after this ` +
        'construct, or let it append ("/-").',
    ];
  }
  return fields.map(
    (field) =>
      `${pod.node.path} would be rendered without ${field}, which cdk8s-plus-27 drops: its classes for Kubernetes 1.27 have ` +
      'no such field, or take another form of it. Leave it out, write it as they do ("hostPid" for "hostPID", a Quantity ' +
      'or an IntOrString for what is one), or render the object as an ApiObject of your own.',
  );
}

function droppedFields(object: ApiObject): string[] {
  try {
    return missingFrom(withPatches(object), object.toJson(), '');
  } catch (error) {
    // What else cannot be rendered stops the synthesis later on, and must not keep other mistakes from being reported.
    return isOurTest(String(error)) ? MOVED : [];
  }
}

/** Whether a failure is that of a test that one of our containers is where it was added. */
function isOurTest(failure: string): boolean {
  return (
    /"path":\s*"[^"]*\/(c|initC)ontainers\/\d+\/name"/.test(failure) &&
    failure.includes('TEST_OPERATION_FAILED')
  );
}

/** The JSON pointers of what the first has and the second lacks, the topmost only. */
function missingFrom(all: unknown, rendered: unknown, path: string): string[] {
  // What is no object when rendered was one that stands for a text, as a Quantity does.
  if (!isObject(all) || !isObject(rendered)) {
    return [];
  }
  // cdk8s-plus spells some names otherwise until then, as `downwardApi`.
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
