import type { Metric, PerMetric } from './cost.ts';
import type { Ratio, Spread } from './statistics.ts';

export const TITLES: PerMetric<string> = {
  wallMs: 'wall time',
  cpuMs: 'CPU time',
  peakMiB: 'peak memory',
};
export const UNITS: PerMetric<string> = { wallMs: 'ms', cpuMs: 'ms', peakMiB: 'MiB' };

/** The heading of a table column. */
export function heading(metric: Metric): string {
  return `${TITLES[metric][0]?.toUpperCase()}${TITLES[metric].slice(1)}`;
}

export function ratioText(ratio: Ratio | undefined): string {
  if (!ratio) {
    return '-';
  }
  const { ofMedians, paired } = ratio;
  return `${factor(ofMedians)} ${`(${factor(paired.p10)}-${factor(paired.p90)})`.padStart(14)}`;
}

/** A number with two significant digits. */
export function factor(ratio: number): string {
  return ratio.toFixed(ratio < 0.095 ? 3 : 2);
}

export function absolute({ median }: Spread): string {
  return median.toFixed(1);
}
