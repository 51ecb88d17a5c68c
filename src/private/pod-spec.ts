import { ApiObject } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from './api-object-pod';
import { rendered } from './api-objects';
import type { RenderedPod } from './pod-security/pod-fields';

const POD_SPEC_PATHS: Readonly<Record<string, string>> = {
  Pod: '/spec',
  Deployment: '/spec/template/spec',
  StatefulSet: '/spec/template/spec',
  DaemonSet: '/spec/template/spec',
  Job: '/spec/template/spec',
  CronJob: '/spec/jobTemplate/spec/template/spec',
};

/** Checks that we know where the pod's spec is in this kind of workload. Other kinds may have it anywhere. */
export function checkPodKind(pod: kplus.AbstractPod): string[] {
  const { kind } = pod;
  const known = Object.keys(POD_SPEC_PATHS).join(', ');
  return kind in POD_SPEC_PATHS || pod instanceof ApiObjectPod
    ? []
    : [`cdk8s-multisite does not know where a ${kind} has its pod: use one of ${known}.`];
}

/** The JSON pointer to the pod's spec in the rendered object (see `checkPodKind`). */
export function podSpecPath(pod: kplus.AbstractPod): string {
  return (pod instanceof ApiObjectPod ? pod.specPath : POD_SPEC_PATHS[pod.kind]) ?? '/spec';
}

/** The path of a pod's construct, for messages. */
export function podPath(pod: kplus.AbstractPod): string {
  return pod instanceof ApiObjectPod ? pod.path : pod.node.path;
}

/** The pod's metadata and spec, from a Pod or a pod template. Undefined if they cannot be rendered. */
export function renderedPod(pod: kplus.AbstractPod): RenderedPod | undefined {
  const parents = podSpecPath(pod).split('/').slice(1, -1);
  return parents.reduce((object, field) => object?.[field], rendered(ApiObject.of(pod)));
}
