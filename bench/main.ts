import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMain } from '../start/run-main.ts';
import { kubernetesBinary } from '../test/cluster/binaries.ts';
import { startControlPlane } from '../test/cluster/control-plane.ts';
import { progressTo } from '../test/cluster/progress.ts';
import { HELP, parseCommandLine } from './command-line.ts';
import { contenders } from './contender.ts';
import { environmentOf } from './environment.ts';
import { findPython } from './python.ts';
import { type Report, rowsOf } from './report.ts';
import { runRounds } from './rounds.ts';
import { prepareScenarios } from './scenarios.ts';
import { createSite } from './site.ts';
import { sizes } from './sizes.ts';
import { textReport } from './text-report.ts';

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const { help, rounds, json } = parseCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const report = await bench(rounds, interrupted);
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : textReport(report));
}

async function bench(rounds: number, interrupted: AbortSignal): Promise<Report> {
  const onProgress = progressTo(process.stderr);
  const builtSizes = sizes();
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

await runMain(main);
