import type { Progress } from '../devcluster/progress.ts';
import type { Contender, ContenderName } from './contender.ts';
import { runOnce, type Sample } from './run-once.ts';
import type { Scenario } from './scenario.ts';
import { shuffled } from './shuffled.ts';
import type { Site } from './site.ts';

/** A contender's runs in a scenario, a sample a round: samples of one index are of one round. */
export interface Series {
  readonly scenario: Scenario['name'];
  readonly contender: ContenderName;
  readonly samples: readonly Sample[];
}

/** Runs every contender in every scenario once a round, in a new random order each time. */
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
  // The first round fills caches (pages, kubectl's discovery, Python's byte code) and does not count.
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
