import { BASELINES, type Baseline, type ContenderName, OURS } from './contender.ts';
import { byMetric, type PerMetric, valuesOf } from './cost.ts';
import type { Environment } from './environment.ts';
import type { Series } from './rounds.ts';
import type { Sample } from './run-once.ts';
import type { Scenario } from './scenario.ts';
import type { Sizes } from './sizes.ts';
import { type Ratio, ratio, type Spread, spread } from './statistics.ts';

/** A contender in a scenario. */
export interface Row {
  readonly scenario: Scenario['name'];
  readonly contender: ContenderName;
  /** Why there are no numbers. */
  readonly missing?: string;
  /** The number of measured runs. Each of them has done its work. */
  readonly runs: number;
  /** The number of runs that changed the ConfigMap's resourceVersion. */
  readonly written: number;
  readonly measured?: PerMetric<Spread>;
  readonly against: Readonly<Partial<Record<Baseline, PerMetric<Ratio>>>>;
}

export interface Report {
  readonly environment: Environment;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly sizes: Sizes;
}

/** The rows of each scenario, in the order of the contenders. */
export function rowsOf(
  series: readonly Series[],
  missing: Readonly<Partial<Record<ContenderName, string>>>,
): readonly Row[] {
  const scenarios = [...new Set(series.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) => {
    const inScenario = series.filter((candidate) => candidate.scenario === scenario);
    return [...OURS, ...BASELINES].map((contender) => {
      const samples = samplesOf(contender, inScenario);
      return samples
        ? { scenario, contender, ...measuredRow(samples, inScenario) }
        : { scenario, contender, missing: missing[contender] ?? '', runs: 0, written: 0, against: {} };
    });
  });
}

function measuredRow(
  samples: readonly Sample[],
  inScenario: readonly Series[],
): Pick<Row, 'runs' | 'written' | 'measured' | 'against'> {
  const against: Partial<Record<Baseline, PerMetric<Ratio>>> = {};
  for (const baseline of BASELINES) {
    const others = samplesOf(baseline, inScenario);
    if (others) {
      against[baseline] = byMetric((metric) => ratio(valuesOf(samples, metric), valuesOf(others, metric)));
    }
  }
  return {
    runs: samples.length,
    written: samples.filter(({ written }) => written).length,
    measured: byMetric((metric) => spread(valuesOf(samples, metric))),
    against,
  };
}

function samplesOf(name: ContenderName, series: readonly Series[]): readonly Sample[] | undefined {
  return series.find(({ contender }) => contender === name)?.samples;
}
