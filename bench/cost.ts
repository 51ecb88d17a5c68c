import type { Measured } from './measurement.ts';

/** The measured values of a process. */
export const METRICS = ['wallMs', 'cpuMs', 'peakMiB'] as const;
export type Metric = (typeof METRICS)[number];
export type PerMetric<T> = Readonly<Record<Metric, T>>;
/** The cost of one process. */
export type Cost = PerMetric<number>;

export function costOf({ wallMs, cpuMs, peakBytes }: Measured): Cost {
  return { wallMs, cpuMs, peakMiB: peakBytes / 2 ** 20 };
}

export function valuesOf(costs: readonly Cost[], metric: Metric): number[] {
  return costs.map((cost) => cost[metric]);
}

export function byMetric<T>(make: (metric: Metric) => T): Record<Metric, T> {
  return { wallMs: make('wallMs'), cpuMs: make('cpuMs'), peakMiB: make('peakMiB') };
}
