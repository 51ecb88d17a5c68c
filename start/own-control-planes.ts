import { KubeConfig } from '@kubernetes/client-node';
import { kubernetesBinary } from '../devcluster/builds/kubernetes.ts';
import { RELEASES } from '../devcluster/builds/kubernetes-releases.ts';
import { startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import type { Progress } from '../devcluster/progress.ts';
import { whyNoControlPlane } from './platform.ts';
import type { Target } from './target.ts';

/** @throws with what to do, if no control plane can run on this machine */
export function checkPlatform(): void {
  const machine = { platform: process.platform, assets: process.env.KUBEBUILDER_ASSETS };
  const why = whyNoControlPlane(machine, RELEASES.main.version);
  if (why !== undefined) {
    throw new Error(why);
  }
}

/**
 * Builds the missing programs of a control plane. They are built before the start, so that two control planes do not
 * wait for each other.
 */
export async function ensureControlPlanePrograms(onProgress: Progress, signal: AbortSignal): Promise<void> {
  await kubernetesBinary('etcd', onProgress, signal);
  await kubernetesBinary('kube-apiserver', onProgress, signal);
}

/** Starts two control planes in parallel. They are removed with everything in them. */
export async function startOwnControlPlanes(
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Target & { readonly version: string }> {
  checkPlatform();
  await ensureControlPlanePrograms(onProgress, signal);
  const start = () => startControlPlane({ onProgress, signal });
  const [central, edge] = await bothOrNone(start(), start());
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(central.kubeconfig);
  return {
    ...central,
    kubeConfig,
    namespace: 'cloudify',
    port: String(central.port),
    edge,
    wants: () => true,
    prepare: async () => {}, // the manifests create the namespace
    created: () => {},
    cleanUp: async () => {
      await stopBoth(central, edge);
      return 'both control planes stopped, their folders removed';
    },
  };
}

/** Waits until both have started. @throws if one does not start, after the other is stopped */
export async function bothOrNone<A extends Stoppable, B extends Stoppable>(
  one: Promise<A>,
  other: Promise<B>,
): Promise<[A, B]> {
  try {
    return await Promise.all([one, other]);
  } catch (error) {
    for (const started of await Promise.allSettled([one, other])) {
      if (started.status === 'fulfilled') {
        await started.value.stop();
      }
    }
    throw error;
  }
}

/** Stops both, even if stopping one of them fails. */
export async function stopBoth(one: Stoppable, other: Stoppable): Promise<void> {
  const stopped = await Promise.allSettled([one.stop(), other.stop()]);
  const failures = stopped.filter((result) => result.status === 'rejected');
  if (failures.length > 0) {
    throw new Error(failures.map(({ reason }) => (reason as Error).message).join('; '));
  }
}

interface Stoppable {
  stop(): Promise<void>;
}
