import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { podSpecIn } from '../api-object-pod';
import { changeRendered } from '../cdk8s-plus';
import { checkPodOf } from '../pod-of';
import { checkQualifiedName } from '../validation/metadata';
import { report } from '../validation/report';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds a label with an empty value to a pod, or to the pod template of a workload. A workload's own labels stay, since
 * only pods can be released.
 *
 * @throws if the pod is not a construct, so that no construct can report the mistake
 */
export function addPodLabel(pod: IConstruct, label: string): void {
  const mistakes = [...checkPodOf(pod), ...checkQualifiedName('label', label)];
  if (!Construct.isConstruct(pod)) {
    throw new Error(mistakes[0]);
  }
  report(pod, mistakes);
  if (mistakes.length > 0) {
    return;
  }
  if (pod instanceof kplus.AbstractPod) {
    pod.podMetadata.addLabel(label, '');
    return;
  }
  changeRendered(ApiObject.of(pod), (manifest: Fields) => withLabel(manifest, label));
}

/** The manifest with a label in the metadata beside the pod's spec. */
function withLabel(manifest: Fields, label: string): Fields {
  const steps = podSpecIn(manifest)?.path.split('/').slice(1, -1);
  return steps === undefined ? manifest : labelledAt(manifest, steps, label);
}

function labelledAt(fields: Fields, [step, ...steps]: readonly string[], label: string): Fields {
  if (step !== undefined) {
    return { ...fields, [step]: labelledAt(fieldsIn(fields, step), steps, label) };
  }
  const metadata = fieldsIn(fields, 'metadata');
  return { ...fields, metadata: { ...metadata, labels: { ...fieldsIn(metadata, 'labels'), [label]: '' } } };
}

function fieldsIn(fields: Fields, name: string): Fields {
  const value = fields[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
