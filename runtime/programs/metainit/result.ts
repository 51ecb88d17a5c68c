import type { HeldPod } from './held-pod.ts';
import type { Options } from './options.ts';

/** The result of --once. */
export function onceResult(count: number, { logFormat }: Options): string {
  return logFormat === 'json'
    ? JSON.stringify({ result: count === 0 ? 'nothing to do' : 'released', pods: count })
    : count === 0
      ? 'nothing to do: no pod is held'
      : `released ${pods(count)}`;
}

/** The result of --dry-run. */
export function dryRunResult(held: readonly HeldPod[], { logFormat }: Options): string {
  if (logFormat === 'json') {
    const result = held.length === 0 ? 'nothing to do' : 'would release';
    const pods = held.map(({ namespace, name, uid, gates }) => ({ namespace, pod: name, uid, gates }));
    return JSON.stringify({ result, pods });
  }
  const lines = held.map(
    ({ namespace, name, gates }) => `would remove ${gates.join(', ')} from pod ${namespace}/${name}`,
  );
  const sum = held.length === 0 ? 'no pod is held' : `${pods(held.length)} would be released`;
  return [...lines, `dry run: ${sum}`].join('\n');
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
