import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import type { Progress } from '../../devcluster/progress.ts';
import { type ContenderName, commandOf } from './contenders.ts';
import type { GoPrograms } from './go-programs.ts';
import { type LoadResult, runLoad } from './load.ts';
import { quantiles, type Sample } from './sample.ts';
import { startService } from './service-process.ts';
import { createSite, NAMESPACES } from './site.ts';

const LABEL = 'bench.example.com/initializer';

/** The API server is slower at its first requests. */
const WARM_UP = { namespace: NAMESPACES.warmUp, label: `${LABEL}-of-nobody`, pods: 200, timeoutSeconds: 0 };

/** From the last release until the idle memory is measured, in milliseconds. */
const SETTLE_MS = 5000;

/**
 * Measures a contender on a new control plane, so that no run leaves anything to the next run.
 *
 * @throws if the contender missed a pod, or touched another pod
 */
export async function runOnce(
  contender: ContenderName,
  pods: number,
  programs: GoPrograms,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Sample> {
  const controlPlane = await startControlPlane({ onProgress, signal });
  const folder = await mkdtemp(join(tmpdir(), 'metainit-bench-'));
  try {
    const env = await createSite(controlPlane, folder);
    await runLoad(programs.load, controlPlane, WARM_UP, signal);
    const command = commandOf(contender, LABEL, await freePort(), programs);
    const service = await startService(command, env, folder, /watching pods/);
    try {
      const order = { namespace: NAMESPACES.measured, label: LABEL, pods };
      const load = await runLoad(programs.load, controlPlane, order, signal);
      check(contender, load);
      await setTimeout(SETTLE_MS, undefined, { signal });
      const { cpuMs, residentBytes, peakBytes } = await service.usage();
      return {
        ...quantiles(load.heldMs),
        perSecond: load.heldMs.length / load.seconds,
        cpuMs,
        peakMiB: peakBytes / 2 ** 20,
        idleMiB: residentBytes / 2 ** 20,
      };
    } finally {
      await service.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await controlPlane.stop();
  }
}

function check(contender: ContenderName, { missed, touched }: LoadResult): void {
  if (missed > 0 || touched > 0) {
    throw new Error(`${contender} missed ${missed} labelled pods, and touched ${touched} other pods`);
  }
}
