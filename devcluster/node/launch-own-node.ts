import { nodePrograms } from '../builds/node-programs.ts';
import type { ControlPlaneFacts } from '../control-plane/control-plane.ts';
import type { Launched } from '../control-plane/run-supervisor.ts';
import { ensureImages } from '../images/images.ts';
import type { Progress } from '../progress.ts';
import { checkNodeRequirements } from './check-requirements.ts';
import { startNode } from './start-node.ts';

/** Starts a node for a person, with the images of this repository. A component that ends by itself is reported at the end. */
export async function launchOwnNode(
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Launched<ControlPlaneFacts>> {
  await checkNodeRequirements(); // before the images, which take minutes
  await nodePrograms(onProgress, signal); // these builds need Go
  const images = await ensureImages(onProgress);
  const { stop, ...facts } = await startNode({ images, onProgress, signal });
  return { facts, failed: new Promise(() => undefined), stop };
}
