import { ApiObject, Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { validateInApp } from '../app-model';
import { podSpecPath } from '../pod-spec';
import { rendered } from '../rendered';
import { enforcedLevel, type NamespaceLabels } from './enforced-level';
import { type PodSecurityLevel, podSecurityErrors } from './levels';
import type { RenderedPod } from './pod-fields';

/** The pods that are judged already: one may have several init containers of ours. */
const CHECKED = new WeakSet<kplus.AbstractPod>();

/**
 * Has the synthesis fail where the pod's namespace would refuse the pod, by the Pod Security level that a Namespace
 * object of the app enforces. The API server says so at a Pod only; of a workload it takes the manifest, and
 * then no pod comes up.
 *
 * Judged when all is said, and as rendered: the pod, the Namespace and their patches stay open to change
 * until synthesis. Where no Namespace of the app enforces a level on it, no pod is rendered.
 */
export function checkPodSecurity(construct: IConstruct, pod: kplus.AbstractPod): void {
  if (!CHECKED.has(pod)) {
    CHECKED.add(pod);
    validateInApp(construct, ({ namespaces }) => namespaceErrors(pod, namespaces));
  }
}

function namespaceErrors(
  pod: kplus.AbstractPod,
  namespaces: ReadonlyMap<string, readonly NamespaceLabels[]>,
): string[] {
  const { namespace } = pod.metadata;
  const level = enforcedLevel(namespaces.get(namespace ?? '') ?? [], Chart.of(pod));
  if (level === undefined || level === 'privileged') {
    return [];
  }
  const judged = renderedPod(pod);
  const errors = judged === undefined ? [] : podSecurityErrors(judged, level);
  if (judged === undefined || errors.length === 0) {
    return [];
  }
  return [
    `${pod.node.path} is in namespace ${namespace}, which enforces Pod Security "${level}" and so refuses the pod: ` +
      `${errors.join('; ')}. Mend that, or label the namespace pod-security.kubernetes.io/enforce: ` +
      `${levelFor(judged)}.`,
  ];
}

/** The strictest level below `restricted` that admits the pod. */
function levelFor(pod: RenderedPod): PodSecurityLevel {
  return podSecurityErrors(pod, 'baseline').length === 0 ? 'baseline' : 'privileged';
}

/** The pod's metadata and spec, wherever in the object they are; none where they cannot be rendered. */
function renderedPod(pod: kplus.AbstractPod): RenderedPod | undefined {
  const parents = podSpecPath(pod).split('/').slice(1, -1);
  return parents.reduce((object, field) => object?.[field], rendered(ApiObject.of(pod)));
}
