import { describeMissing, FOR_NODE, findMissing } from '../requirements.ts';
import { NODE_PATH } from './node-path.ts';

/** @throws with what this machine lacks for a node, and how to install it */
export async function checkNodeRequirements(): Promise<void> {
  if ((await findMissing(['root'])).length > 0) {
    throw new Error('a node needs root on Linux for its namespaces and cgroups: run this as root on Linux');
  }
  const missing = await findMissing(FOR_NODE, NODE_PATH);
  if (missing.length > 0) {
    throw new Error(`this machine lacks what a node needs:\n${describeMissing(missing)}`);
  }
}
