import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import type { Progress } from '../../devcluster/progress.ts';
import { type Cost, costOf, METRICS, type Metric, valuesOf } from '../cost.ts';
import { measure } from '../measurement.ts';
import { checkout, type Programs } from '../programs.ts';
import { runOnce, TIMEOUT_MS } from '../run-once.ts';
import type { Scenario } from '../scenario.ts';
import { prepareScenarios } from '../scenarios.ts';
import { shuffled } from '../shuffled.ts';
import { createSite, type Site } from '../site.ts';
import { type Sizes, sizes } from '../sizes.ts';
import { type Interval, medianInterval } from '../statistics.ts';

/** The largest allowed ratio to the other checkout's programs. */
export const LIMIT = 1.03;

const ENGINES = ['Bun', 'Node'] as const;
type Engine = (typeof ENGINES)[number];

/** The ratio of a metric: this checkout's program to the other checkout's. */
export interface Comparison {
  readonly scenario: '--version' | Scenario['name'];
  readonly engine: Engine;
  readonly metric: Metric;
  /** The median of the ratios within each round, and its interval of 95 % confidence. */
  readonly ratio: Interval;
}

export interface RegressionReport {
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  readonly sizes: { readonly before: Sizes; readonly now: Sizes };
}

/** Compares the programs of this checkout with the programs of another checkout, on one API server. */
export async function benchRegression(
  rounds: number,
  baseline: string,
  onProgress: Progress,
  interrupted: AbortSignal,
): Promise<RegressionReport> {
  const built = { before: checkout(baseline), now: checkout() };
  const builtSizes = { before: sizes(built.before), now: sizes(built.now) };
  onProgress('starting a control plane');
  const controlPlane = await startControlPlane({ onProgress, signal: interrupted });
  const folder = await mkdtemp(join(tmpdir(), 'multisite-bench-'));
  try {
    const before = await copyBinary(built.before, join(folder, 'before'));
    const now = await copyBinary(built.now, join(folder, 'now'));
    const site = await createSite(controlPlane, folder, undefined, interrupted);
    const races = await prepareRaces(site);
    for (let round = 0; round <= rounds; round++) {
      onProgress(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      for (const race of shuffled(races)) {
        interrupted.throwIfAborted();
        await runRace(race, before, now, round > 0);
      }
    }
    return { rounds, comparisons: races.flatMap(comparisonsOf), sizes: builtSizes };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await controlPlane.stop();
  }
}

/**
 * Copies the binary to a new file. The way a large file was written changes its place in the kernel's page cache, and
 * so memory and time by up to a tenth.
 */
async function copyBinary(programs: Programs, bunBinary: string): Promise<Programs> {
  await copyFile(programs.bunBinary, bunBinary);
  return { ...programs, bunBinary };
}

/** The comparisons that show a regression: with 95 % confidence, the median is above the limit. */
export function regressions({ comparisons }: RegressionReport): readonly Comparison[] {
  return comparisons.filter(({ ratio }) => ratio.low > LIMIT);
}

/** One scenario on one engine. */
interface Race {
  readonly scenario: Comparison['scenario'];
  readonly engine: Engine;
  run(programs: Programs): Promise<Cost>;
  readonly before: Cost[];
  readonly now: Cost[];
}

async function prepareRaces(site: Site): Promise<readonly Race[]> {
  const scenarios = (await prepareScenarios(site)).filter(({ name }) => name !== 'merge of 1 MiB');
  return ENGINES.flatMap((engine) => [
    {
      scenario: '--version',
      engine,
      run: (programs) => runVersion(programs, engine, site),
      before: [],
      now: [],
    },
    ...scenarios.map(
      (scenario): Race => ({
        scenario: scenario.name,
        engine,
        run: (programs) => {
          const command = (_: Scenario, { initArgs }: Site) => [...commandOf(programs, engine), ...initArgs];
          return runOnce({ name: `multisite-init on ${engine}`, command }, scenario, site);
        },
        before: [],
        now: [],
      }),
    ),
  ]);
}

function commandOf({ bunBinary, nodeCommand }: Programs, engine: Engine): readonly string[] {
  return engine === 'Bun' ? [bunBinary] : [process.execPath, nodeCommand];
}

async function runVersion(programs: Programs, engine: Engine, { env, folder }: Site): Promise<Cost> {
  const command = [...commandOf(programs, engine), '--version'];
  const measurement = await measure({ command, env, cwd: folder, timeoutMs: TIMEOUT_MS });
  if (measurement.exitCode !== 0) {
    throw new Error(`${command.join(' ')} ended with ${measurement.exitCode}:\n${measurement.output}`);
  }
  return costOf(measurement);
}

/** Runs both, one right after the other and in random order, so that both see the same state of the machine. */
async function runRace(race: Race, before: Programs, now: Programs, counts: boolean): Promise<void> {
  const sides = [
    { programs: before, costs: race.before },
    { programs: now, costs: race.now },
  ];
  for (const { programs, costs } of shuffled(sides)) {
    const cost = await race.run(programs);
    if (counts) {
      costs.push(cost);
    }
  }
}

function comparisonsOf({ scenario, engine, before, now }: Race): Comparison[] {
  return METRICS.map((metric) => {
    const [old, current] = [valuesOf(before, metric), valuesOf(now, metric)];
    const ratios = current.map((value, round) => value / (old[round] ?? Number.NaN));
    return { scenario, engine, metric, ratio: medianInterval(ratios) };
  });
}
