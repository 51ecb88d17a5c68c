import type { HeldPod } from './held-pod.ts';

/**
 * A strategic merge patch that removes the gates of a pod:
 * - It deletes each gate by its name, so it does not conflict with another owner that removes a gate at the same moment.
 * - It changes no other field. The API server can refuse a patch with other fields for ever
 *   (https://github.com/kubernetes-sigs/kueue/issues/2029).
 * - It has the uid. If another pod has the same name by now, the API server refuses the patch (422).
 */
export function releasePatch({ uid, gates }: HeldPod): object {
  return {
    metadata: { uid },
    spec: { schedulingGates: gates.map((name) => ({ $patch: 'delete', name })) },
  };
}
