import { Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { AppModel } from '../app-model';
import { podPath, renderedPod } from '../pod-spec';
import { enforcedLevel } from './enforced-level';
import { checkLevel, type PodSecurityLevel } from './levels';
import type { RenderedPod } from './pod-fields';

/**
 * Checks the pod with the Pod Security level that a Namespace object of the app enforces for the pod's namespace. The
 * API server refuses a Pod at once. But it accepts a workload, and then no pod starts.
 *
 * The check runs at synthesis, on the rendered objects, because the pod, the Namespace and their patches may change
 * until then. If no Namespace of the app enforces a level, the pod is not rendered for this check.
 */
export function checkPodSecurity(pod: kplus.AbstractPod, { namespaces }: AppModel): string[] {
  const { namespace } = pod.metadata;
  const level = enforcedLevel(namespaces.get(namespace ?? '') ?? [], Chart.of(pod));
  if (level === undefined || level === 'privileged') {
    return [];
  }
  const judged = renderedPod(pod);
  const mistakes = judged === undefined ? [] : checkLevel(judged, level);
  if (judged === undefined || mistakes.length === 0) {
    return [];
  }
  return [
    `${podPath(pod)} is in namespace ${namespace}, which enforces Pod Security "${level}" and so refuses the pod: ` +
      `${mistakes.join('; ')}. Fix these fields, or label the namespace pod-security.kubernetes.io/enforce: ` +
      `${levelFor(judged)}.`,
  ];
}

/** The strictest level below `restricted` that admits the pod. */
function levelFor(pod: RenderedPod): PodSecurityLevel {
  return checkLevel(pod, 'baseline').length === 0 ? 'baseline' : 'privileged';
}
