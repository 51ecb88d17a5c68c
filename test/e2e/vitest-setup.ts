import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureImages } from '../../devcluster/images/images.ts';
import { checkNodeRequirements } from '../../devcluster/node/check-requirements.ts';
import { type NodeFacts, startNode } from '../../devcluster/node/start-node.ts';
import { progressTo } from '../../devcluster/progress.ts';
import { endWithNpm } from '../runner/end-with-npm.ts';
import { interrupted } from '../support/interrupted.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster of one node that all scenarios of the run share. */
    node: NodeFacts;
  }
}

/**
 * Builds the images, and starts one node with them for the whole run. What the tests write to temporary files, keys among them, goes
 * with the node, even where nobody lives to remove it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  endWithNpm();
  await checkNodeRequirements();
  const signal = interrupted();
  const onProgress = progressTo(process.stderr);
  const node = await startNode({ images: await ensureImages(onProgress), onProgress, signal });
  const { stop, ...facts } = node;
  process.env.TMPDIR = join(node.folder, 'tmp'); // of the processes that run tests
  await mkdir(process.env.TMPDIR);
  project.provide('node', facts);
  project.provide('controlPlane', facts); // what the support of other tests asks for: kubectl, admin
  return stop;
}
