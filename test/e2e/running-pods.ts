import type { V1Pod, V1PodList } from '@kubernetes/client-node';
import { expect, vi } from 'vitest';
import { kubectl } from '../src/kubectl.ts';
import { KUBECONFIG } from './application.ts';

/** The machine may be slow. */
export const POD_WITHIN = { timeout: 120_000, interval: 200 };

/** The pods of a Deployment that nobody told to end, the oldest first. */
export async function podsOf(namespace: string, deployment: string): Promise<V1Pod[]> {
  const { items }: V1PodList = JSON.parse(
    await kubectl(['get', 'pods', '-n', namespace, '--sort-by=.metadata.creationTimestamp', '-o', 'json']),
  );
  return items.filter(
    ({ metadata }) =>
      metadata?.name?.startsWith(`${deployment}-`) && metadata.deletionTimestamp === undefined,
  );
}

/** Waits until a Deployment has so many pods, and all containers of them run. */
export async function runningPods(namespace: string, deployment: string, count: number): Promise<V1Pod[]> {
  return vi.waitFor(async () => {
    const pods = await podsOf(namespace, deployment);
    expect(pods.map(({ status }) => status?.phase)).toEqual(Array(count).fill('Running'));
    for (const { status } of pods) {
      for (const { name, state } of status?.containerStatuses ?? []) {
        expect(state?.running, `${name} runs`).toBeDefined();
      }
    }
    return pods;
  }, POD_WITHIN);
}

/** Waits until the one pod of a Deployment runs. */
export async function runningPod(namespace: string, deployment: string): Promise<V1Pod> {
  const [pod] = await runningPods(namespace, deployment, 1);
  if (pod === undefined) {
    throw new Error(`Deployment ${deployment} has no pod`);
  }
  return pod;
}

/** How often the containers of a pod were started again. */
export function restartsOf({ status }: V1Pod): number[] {
  return (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
}

/** Waits until the application has its kubeconfig, whose folder may still be empty when it starts. */
export async function untilKubeconfig(pod: V1Pod): Promise<void> {
  await vi.waitFor(() => execIn(pod, 'test', '-s', KUBECONFIG), POD_WITHIN);
}

/** What a command in the application's own container says. */
export function execIn(pod: V1Pod, ...command: string[]): Promise<string> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  return kubectl(['exec', name, '-n', namespace, '-c', 'application', '--', ...command]);
}
