import type { KubeObject, Resource } from '../../kube/resource.ts';

export const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };

/** The fields of a pod that this program reads. */
export interface Pod extends KubeObject {
  readonly metadata?: KubeObject['metadata'] & {
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly schedulingGates?: readonly { readonly name: string }[] };
}

/** A pod that waits for its release, and the gates to remove. The program keeps no other field of a pod in memory. */
export interface HeldPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly gates: readonly string[];
}

/** Why a pod does not wait to be released. */
export type NotHeld = 'no gate' | 'being deleted';

/**
 * The gates of a pod that the program must remove.
 *
 * @param only the only gates to remove; undefined for all
 */
export function heldPod(pod: Pod, only: ReadonlySet<string> | undefined): HeldPod | NotHeld {
  const { namespace = '', name = '', uid = '', deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp !== undefined) {
    return 'being deleted';
  }
  const gates = gatesOf(pod).filter((gate) => only === undefined || only.has(gate));
  return gates.length === 0 ? 'no gate' : { namespace, name, uid, gates };
}

export function isHeld(pod: HeldPod | NotHeld | undefined): pod is HeldPod {
  return typeof pod === 'object';
}

export function gatesOf({ spec }: Pod): string[] {
  return (spec?.schedulingGates ?? []).map(({ name }) => name);
}
