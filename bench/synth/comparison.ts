import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../../devcluster/progress.ts';
import { byMetric, type Cost, type PerMetric, valuesOf } from '../cost.ts';
import { shuffled } from '../shuffled.ts';
import { type Ratio, ratio, type Spread, spread } from '../statistics.ts';
import { ROOT } from './stock-template.ts';
import { type Manifests, runSynth, type Synth } from './synth.ts';

/** What the stock template has of ours: all the sources of this repository, or its package. */
export const STOCK_PROJECTS = ['same sources', 'package'] as const;
export type StockProjectName = (typeof STOCK_PROJECTS)[number];

export const PROJECTS = ['here', ...STOCK_PROJECTS] as const;
export type ProjectName = (typeof PROJECTS)[number];

/** `npx cdk8s synth` of the same manifests in all projects. */
export interface Comparison {
  readonly measured: Readonly<Record<ProjectName, PerMetric<Spread>>>;
  /** Of here by the stock template. */
  readonly ratios: Readonly<Record<StockProjectName, PerMetric<Ratio>>>;
}

/** @throws when the manifests are not the same, byte for byte */
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
  // The first round fills caches and does not count.
  for (let round = 0; round <= rounds; round++) {
    onProgress(round === 0 ? 'synth: warming up' : `synth: round ${round} of ${rounds}`);
    for (const { synth, costs } of shuffled(Object.values(races))) {
      signal.throwIfAborted();
      const { cost, manifests } = await runSynth(synth, env);
      first ??= manifests;
      if (!isDeepStrictEqual(manifests, first)) {
        throw new Error(`${synth.what} wrote other manifests`);
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

/** Without the look for a newer CLI, which waits for the network once in half an hour. */
function synthIn(name: ProjectName, cwd: string, folder: string): Synth {
  const output = join(folder, `${name.replaceAll(' ', '-')}-manifests`);
  const command = ['npx', 'cdk8s', 'synth', '--no-check-upgrade', '--output', output];
  return { what: `cdk8s synth, ${name},`, command, cwd, output };
}
