import { ApiError } from '../../kube/errors.ts';
import { listObjects, patchObject } from '../../kube/resource.ts';
import type { Transport } from '../../kube/transport.ts';
import { type HeldPod, heldPod, isHeld, type NotHeld, PODS, type Pod } from './held-pod.ts';
import { releasePatch } from './release-patch.ts';

/** A pod after the removal of gates, and what was removed. */
export interface Removal {
  readonly pod: HeldPod;
  readonly after: Pod;
}

/**
 * Removes the gates of a pod with one patch. After 409 or 422 it reads the pod again, and tries once more.
 *
 * @returns undefined if there is nothing left to do: the pod is gone, being deleted, or has no such gates
 * @throws KubeError
 */
export async function releasePod(
  transport: Transport,
  pod: HeldPod,
  only: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<Removal | undefined> {
  try {
    return await remove(transport, pod, signal);
  } catch (error) {
    if (codeOf(error) === 404) {
      return undefined;
    }
    if (codeOf(error) !== 409 && codeOf(error) !== 422) {
      throw error;
    }
  }
  const current = await readAgain(transport, pod, only, signal);
  return isHeld(current) ? remove(transport, current, signal) : undefined;
}

async function remove(transport: Transport, pod: HeldPod, signal: AbortSignal): Promise<Removal> {
  const { namespace, name } = pod;
  const ref = { resource: PODS, namespace, name };
  const patch = releasePatch(pod);
  const after = await patchObject(transport, ref, 'application/strategic-merge-patch+json', patch, signal);
  return { pod, after };
}

/** Reads the pod by a list, because the program has no right to `get`. */
async function readAgain(
  transport: Transport,
  { namespace, name, uid }: HeldPod,
  only: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<HeldPod | NotHeld | undefined> {
  const query = { fieldSelector: `metadata.name=${name}` };
  const { items } = await listObjects(transport, { resource: PODS, namespace }, query, signal);
  const [found] = items;
  // With another uid it is another pod of the same name, which the watch finds.
  return found?.metadata?.uid === uid ? heldPod(found, only) : undefined;
}

function codeOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.code : undefined;
}
