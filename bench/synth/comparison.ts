import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../../test/cluster/progress.ts';
import { byMetric, type Cost, type PerMetric, valuesOf } from '../cost.ts';
import { shuffled } from '../shuffled.ts';
import { type Ratio, ratio, type Spread, spread } from '../statistics.ts';
import { ROOT } from './stock-template.ts';
import { type Manifests, runSynth, type Synth } from './synth.ts';

export const PROJECTS = ['here', 'stock template'] as const;
export type ProjectName = (typeof PROJECTS)[number];

/** `npx cdk8s synth` of the same manifests in both projects. */
export interface Comparison {
  readonly measured: Readonly<Record<ProjectName, PerMetric<Spread>>>;
  /** Of here by the stock template. */
  readonly ratio: PerMetric<Ratio>;
}

/** @throws when the manifests are not the same, byte for byte */
export async function compare(
  rounds: number,
  stockProject: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Comparison> {
  const races = [
    { synth: synthIn('here', ROOT, folder), costs: [] as Cost[] },
    { synth: synthIn('stock template', stockProject, folder), costs: [] as Cost[] },
  ] as const;
  let first: Manifests | undefined;
  // The first round fills caches and does not count.
  for (let round = 0; round <= rounds; round++) {
    onProgress(round === 0 ? 'synth: warming up' : `synth: round ${round} of ${rounds}`);
    for (const { synth, costs } of shuffled(races)) {
      signal.throwIfAborted();
      const { cost, manifests } = await runSynth(synth, env);
      first ??= manifests;
      if (!isDeepStrictEqual(manifests, first)) throw new Error(`${synth.what} wrote other manifests`);
      if (round > 0) costs.push(cost);
    }
  }
  const [here, stock] = races;
  return {
    measured: { here: spreads(here.costs), 'stock template': spreads(stock.costs) },
    ratio: byMetric((metric) => ratio(valuesOf(here.costs, metric), valuesOf(stock.costs, metric))),
  };
}

/** Without the look for a newer CLI, which waits for the network once in half an hour. */
function synthIn(name: ProjectName, cwd: string, folder: string): Synth {
  const output = join(folder, `${name.replaceAll(' ', '-')}-manifests`);
  const command = ['npx', 'cdk8s', 'synth', '--no-check-upgrade', '--output', output];
  return { what: `cdk8s synth, ${name},`, command, cwd, output };
}

function spreads(costs: readonly Cost[]): PerMetric<Spread> {
  return byMetric((metric) => spread(valuesOf(costs, metric)));
}
