import type { Progress } from '../devcluster/progress.ts';
import type { Contender, ContenderName } from './contender.ts';
import { runOnce, type Sample } from './run-once.ts';
import type { Scenario } from './scenario.ts';
import { shuffled } from './shuffled.ts';
import type { Site } from './site.ts';

/** A contender's runs in a scenario, with one sample per round. Samples with the same index are from the same round. */
export interface Series {
  readonly scenario: Scenario['name'];
  readonly contender: ContenderName;
  readonly samples: readonly Sample[];
}

/** Runs every contender in every scenario once per round. The order of each round is random. */
export async function runRounds(
  rounds: number,
  contenders: readonly Contender[],
  scenarios: readonly Scenario[],
  site: Site,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const races = scenarios.flatMap((scenario) =>
    contenders.map((contender) => ({ scenario, contender, samples: [] as Sample[] })),
  );
  // The first round fills caches (pages, kubectl's discovery, Python's byte code) and is not counted.
  for (let round = 0; round <= rounds; round++) {
    onProgress(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const { scenario, contender, samples } of shuffled(races)) {
      signal.throwIfAborted();
      const sample = await runOnce(contender, scenario, site);
      if (round > 0) {
        samples.push(sample);
      }
    }
  }
  return races.map(({ scenario, contender, samples }) => ({
    scenario: scenario.name,
    contender: contender.name,
    samples,
  }));
}
