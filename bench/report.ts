import { BASELINES, type Baseline, type ContenderName, OURS } from './contender.ts';
import type { Environment } from './environment.ts';
import type { Series } from './rounds.ts';
import type { Sample } from './run-once.ts';
import type { Scenario } from './scenario.ts';
import type { Sizes } from './sizes.ts';
import { type Ratio, ratio, type Spread, spread } from './statistics.ts';

/** What is measured of a process. */
export const METRICS = ['wallMs', 'cpuMs', 'peakMiB'] as const;
export type Metric = (typeof METRICS)[number];

/** A contender in a scenario. */
export interface Row {
  readonly scenario: Scenario['name'];
  readonly contender: ContenderName;
  /** Why there are no numbers. */
  readonly missing?: string;
  /** Runs that are measured and known to have done their work. */
  readonly runs: number;
  /** Those of them after which the ConfigMap had another resourceVersion. */
  readonly written: number;
  readonly measured?: Readonly<Record<Metric, Spread>>;
  readonly against: Readonly<Partial<Record<Baseline, Readonly<Record<Metric, Ratio>>>>>;
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
  const against: Partial<Record<Baseline, Record<Metric, Ratio>>> = {};
  for (const baseline of BASELINES) {
    const others = samplesOf(baseline, inScenario);
    if (others)
      against[baseline] = byMetric((metric) => ratio(values(samples, metric), values(others, metric)));
  }
  return {
    runs: samples.length,
    written: samples.filter(({ written }) => written).length,
    measured: byMetric((metric) => spread(values(samples, metric))),
    against,
  };
}

function samplesOf(name: ContenderName, series: readonly Series[]): readonly Sample[] | undefined {
  return series.find(({ contender }) => contender === name)?.samples;
}

function values(samples: readonly Sample[], metric: Metric): number[] {
  return samples.map((sample) => sample[metric]);
}

function byMetric<T>(make: (metric: Metric) => T): Record<Metric, T> {
  return { wallMs: make('wallMs'), cpuMs: make('cpuMs'), peakMiB: make('peakMiB') };
}
