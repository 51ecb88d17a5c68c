import { inject } from 'vitest';
import { run } from '../../devcluster/images/containers.ts';

/** Runs a command as root of the node, among its processes, mounts and networks; its stdout. */
export function inNode(command: string, ...args: string[]): Promise<string> {
  const { pid } = inject('node');
  return run('nsenter', [`--target=${pid}`, '--mount', '--net', '--pid', command, ...args]);
}
