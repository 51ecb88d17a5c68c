import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesBinary } from '../devcluster/builds/kubernetes.ts';
import { startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import type { Progress } from '../devcluster/progress.ts';
import { contenders } from './contender.ts';
import { environmentOf } from './environment.ts';
import { checkout } from './programs.ts';
import { findPython } from './python.ts';
import { type Report, rowsOf } from './report.ts';
import { runRounds } from './rounds.ts';
import { prepareScenarios } from './scenarios.ts';
import { createSite } from './site.ts';
import { sizes } from './sizes.ts';

/** Compares multisite-init with the other contenders, on a new control plane. */
export async function benchInit(
  rounds: number,
  onProgress: Progress,
  interrupted: AbortSignal,
): Promise<Report> {
  const builtSizes = sizes(checkout());
  const python = await findPython();
  const kubectl = await kubernetesBinary('kubectl', onProgress, interrupted);
  onProgress('starting a control plane');
  const controlPlane = await startControlPlane({ onProgress, signal: interrupted });
  const folder = await mkdtemp(join(tmpdir(), 'multisite-bench-'));
  try {
    onProgress('applying the manifests');
    const site = await createSite(controlPlane, folder, python, interrupted);
    const scenarios = await prepareScenarios(site);
    const runners = contenders(kubectl, python);
    const series = await runRounds(rounds, runners, scenarios, site, onProgress, interrupted);
    return {
      environment: environmentOf(controlPlane.version, python),
      rounds,
      rows: rowsOf(series, { 'Python client': 'not installed: pip install kubernetes' }),
      sizes: builtSizes,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await controlPlane.stop();
  }
}
