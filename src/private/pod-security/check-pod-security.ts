import { Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { AppModel } from '../app-model';
import { podPath, renderedPod } from '../pod-spec';
import { enforcedLevel } from './enforced-level';
import { checkLevel, type PodSecurityLevel } from './levels';
import type { RenderedPod } from './pod-fields';

/**
 * Whether the pod's namespace admits the pod, by the Pod Security level that a Namespace object of the app enforces. The API
 * server says so at a Pod only; of a workload it takes the manifest, and then no pod comes up.
 *
 * It is judged at synthesis and as rendered: the pod, the Namespace and their patches stay open to change until then. Where no
 * Namespace of the app enforces a level on it, no pod is rendered.
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
      `${mistakes.join('; ')}. Mend that, or label the namespace pod-security.kubernetes.io/enforce: ` +
      `${levelFor(judged)}.`,
  ];
}

/** The strictest level below `restricted` that admits the pod. */
function levelFor(pod: RenderedPod): PodSecurityLevel {
  return checkLevel(pod, 'baseline').length === 0 ? 'baseline' : 'privileged';
}
