import { RELEASES } from '../../devcluster/builds/kubernetes-releases.ts';
import type { Progress } from '../../devcluster/progress.ts';
import { type Environment, environmentOf } from '../environment.ts';
import { shuffled } from '../shuffled.ts';
import { type Ratio, ratio, type Spread, spread } from '../statistics.ts';
import { BASELINE, CONTENDERS, type ContenderName } from './contenders.ts';
import { CLIENT_GO, goPrograms } from './go-programs.ts';
import { runOnce } from './run-once.ts';
import { byMetric, type PerMetric, type Sample } from './sample.ts';

/** A contender with a number of pods. */
export interface Row {
  readonly pods: number;
  readonly contender: ContenderName;
  readonly measured: PerMetric<Spread>;
  /** The ratios to the controller in Go. */
  readonly ratios: PerMetric<Ratio>;
}

export interface MetainitReport {
  readonly environment: Environment & { readonly clientGo: string };
  readonly rounds: number;
  readonly rows: readonly Row[];
}

/**
 * Compares metainit with a controller in Go.
 *
 * @param pods the larger number of pods. The other number is a tenth of it
 */
export async function benchMetainit(
  rounds: number,
  pods: number,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<MetainitReport> {
  const programs = await goPrograms(onProgress, signal);
  const races = [Math.round(pods / 10), pods].flatMap((count) =>
    CONTENDERS.map((contender) => ({ pods: count, contender, samples: [] as Sample[] })),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const [index, race] of shuffled(races).entries()) {
      signal.throwIfAborted();
      onProgress(`metainit: round ${round} of ${rounds}, run ${index + 1} of ${races.length}`);
      race.samples.push(await runOnce(race.contender, race.pods, programs, onProgress, signal));
    }
  }
  const environment = environmentOf(`v${RELEASES.main.version}`, undefined);
  return {
    environment: { ...environment, clientGo: `v${CLIENT_GO}` },
    rounds,
    rows: races.map((race) => {
      const baseline = races.find((other) => other.pods === race.pods && other.contender === BASELINE);
      return rowOf(race, baseline?.samples ?? []);
    }),
  };
}

function rowOf(
  { pods, contender, samples }: Pick<Row, 'pods' | 'contender'> & { readonly samples: readonly Sample[] },
  baseline: readonly Sample[],
): Row {
  const values = (of: readonly Sample[]) => byMetric((metric) => of.map((sample) => sample[metric]));
  const [ours, theirs] = [values(samples), values(baseline)];
  return {
    pods,
    contender,
    measured: byMetric((metric) => spread(ours[metric])),
    ratios: byMetric((metric) => ratio(ours[metric], theirs[metric])),
  };
}
