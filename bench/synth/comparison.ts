import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../../devcluster/progress.ts';
import { byMetric, type Cost, type PerMetric, valuesOf } from '../cost.ts';
import { shuffled } from '../shuffled.ts';
import { type Ratio, ratio, type Spread, spread } from '../statistics.ts';
import { ROOT } from './stock-template.ts';
import { type Manifests, runSynth, type Synth } from './synth.ts';

/** The stock template has either all sources of this repository or its package. */
export const STOCK_PROJECTS = ['same sources', 'package'] as const;
export type StockProjectName = (typeof STOCK_PROJECTS)[number];

export const PROJECTS = ['here', ...STOCK_PROJECTS] as const;
export type ProjectName = (typeof PROJECTS)[number];

/** The cost of `npx cdk8s synth` in all projects, for the same manifests. */
export interface Comparison {
  readonly measured: Readonly<Record<ProjectName, PerMetric<Spread>>>;
  /** The ratios of this repository to the stock template. */
  readonly ratios: Readonly<Record<StockProjectName, PerMetric<Ratio>>>;
}

/** @throws if the manifests differ in a byte */
export async function compare(
  rounds: number,
  stockProjects: Readonly<Record<StockProjectName, string>>,
  folder: string,
  env: Readonly<Record<string, string>>,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Comparison> {
  const projects = { here: ROOT, ...stockProjects };
  const race = (name: ProjectName) => ({ synth: synthIn(name, projects[name], folder), costs: [] as Cost[] });
  const races = { here: race('here'), 'same sources': race('same sources'), package: race('package') };
  let first: Manifests | undefined;
  // The first round fills caches and is not counted.
  for (let round = 0; round <= rounds; round++) {
    onProgress(round === 0 ? 'synth: warming up' : `synth: round ${round} of ${rounds}`);
    for (const { synth, costs } of shuffled(Object.values(races))) {
      signal.throwIfAborted();
      const { cost, manifests } = await runSynth(synth, env);
      first ??= manifests;
      if (!isDeepStrictEqual(manifests, first)) {
        throw new Error(`${synth.what} wrote manifests that differ from the manifests of the first run`);
      }
      if (round > 0) {
        costs.push(cost);
      }
    }
  }
  const ratios = (name: StockProjectName) =>
    byMetric((metric) => ratio(valuesOf(races.here.costs, metric), valuesOf(races[name].costs, metric)));
  const measured = (name: ProjectName) => byMetric((metric) => spread(valuesOf(races[name].costs, metric)));
  return {
    measured: {
      here: measured('here'),
      'same sources': measured('same sources'),
      package: measured('package'),
    },
    ratios: { 'same sources': ratios('same sources'), package: ratios('package') },
  };
}

/** The check for a newer CLI is off, because it waits for the network once in half an hour. */
function synthIn(name: ProjectName, cwd: string, folder: string): Synth {
  const output = join(folder, `${name.replaceAll(' ', '-')}-manifests`);
  const command = ['npx', 'cdk8s', 'synth', '--no-check-upgrade', '--output', output];
  return { what: `cdk8s synth, ${name},`, command, cwd, output };
}
