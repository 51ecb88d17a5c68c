/** The measured values of a run. */
export const METRICS = ['p50Ms', 'p99Ms', 'perSecond', 'cpuMs', 'peakMiB', 'idleMiB'] as const;
export type Metric = (typeof METRICS)[number];
export type PerMetric<T> = Readonly<Record<Metric, T>>;
export type Sample = PerMetric<number>;

export function byMetric<T>(make: (metric: Metric) => T): PerMetric<T> {
  return Object.fromEntries(METRICS.map((metric) => [metric, make(metric)])) as Record<Metric, T>;
}

/** The median, and the value that 99 % of the numbers do not exceed. */
export function quantiles(values: readonly number[]): Pick<Sample, 'p50Ms' | 'p99Ms'> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
