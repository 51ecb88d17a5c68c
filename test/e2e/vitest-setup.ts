import type { TestProject } from 'vitest/node';
import { progressTo } from '../cluster/progress.ts';
import { ensureImages } from './images.ts';
import { checkNodeRequirements } from './node/requirements.ts';
import { type NodeFacts, startNode } from './node/start-node.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster of one node that all scenarios of the run share. */
    node: NodeFacts;
  }
}

/** Builds the images, and starts one node with them for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await checkNodeRequirements();
  const onProgress = progressTo(process.stderr);
  const node = await startNode({ images: await ensureImages(onProgress), onProgress });
  const { stop, ...facts } = node;
  project.provide('node', facts);
  project.provide('controlPlane', facts); // what the support of other tests asks for: kubectl, admin
  return stop;
}
