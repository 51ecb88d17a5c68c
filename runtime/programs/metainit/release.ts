import { gatesOf, type HeldPod, type Pod } from './held-pod.ts';

/** A release of a pod. */
export interface Release {
  readonly pod: HeldPod;
  /** The gates that still hold it. */
  readonly remaining: readonly string[];
  /** How long it was held, in milliseconds: gates exist from the pod's creation on. */
  readonly heldMs: number;
}

/** @param after the pod as the API server has it after the removal @param now milliseconds since 1970 */
export function releaseOf(pod: HeldPod, after: Pod, now: number): Release {
  const created = Date.parse(after.metadata?.creationTimestamp ?? '');
  return { pod, remaining: gatesOf(after), heldMs: Math.max(0, now - created) || 0 };
}

/** The release in words, for example `removed a.example/x from pod apps/web, which was held for 2.5 s; b.example/y still holds it`. */
export function describeRelease({ pod, remaining, heldMs }: Release): string {
  const { namespace, name, gates } = pod;
  const removed = `removed ${gates.join(', ')} from pod ${namespace}/${name}, which was held for ${inSeconds(heldMs)} s`;
  const holds = remaining.length === 1 ? 'holds' : 'hold';
  return remaining.length === 0 ? removed : `${removed}; ${remaining.join(', ')} still ${holds} it`;
}

/** The release as fields of a log line. */
export function releaseFields({ pod, remaining, heldMs }: Release): Record<string, string | number> {
  const { namespace, name, uid, gates } = pod;
  return {
    namespace,
    pod: name,
    uid,
    gates: gates.join(','),
    heldSeconds: inSeconds(heldMs),
    remainingGates: remaining.join(','),
  };
}

/** To the tenth. `toFixed` would take 24 µs on Node. */
function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
