import type { Progress } from '../progress.ts';
import { helmBinary } from './helm.ts';
import { CONTROL_PLANE, kubernetesBinary } from './kubernetes.ts';
import { nodePrograms } from './node-programs.ts';

/** The groups of programs. A group has everything that one kind of test or command needs. */
const GROUPS = {
  'control-plane': async (onProgress, signal) => {
    for (const name of CONTROL_PLANE) {
      await kubernetesBinary(name, onProgress, signal);
    }
  },
  helm: async (onProgress, signal) => {
    await helmBinary('v4', onProgress, signal);
    await helmBinary('v3', onProgress, signal);
  },
  kubeadm: async (onProgress, signal) => {
    await kubernetesBinary('kubeadm', onProgress, signal);
  },
  releases: async (onProgress, signal) => {
    await kubernetesBinary('kube-apiserver', onProgress, signal, 'oldest');
    await kubernetesBinary('kube-apiserver', onProgress, signal, 'newest');
  },
  node: async (onProgress, signal) => {
    await nodePrograms(onProgress, signal);
  },
} as const satisfies Readonly<Record<string, (onProgress: Progress, signal: AbortSignal) => Promise<void>>>;

export type BuildGroup = keyof typeof GROUPS;

export const BUILD_GROUPS = Object.keys(GROUPS) as BuildGroup[];

/**
 * Builds the programs that are not in the cache yet. The builds run one after the other, because each build uses all
 * cores.
 */
export async function buildAll(
  groups: readonly BuildGroup[],
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const group of groups) {
    await GROUPS[group](onProgress, signal);
  }
}
