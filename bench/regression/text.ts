import { TITLES } from '../numbers.ts';
import type { Sizes } from '../sizes.ts';
import { type Comparison, LIMIT, type RegressionReport, regressions } from './bench.ts';

/** The report for people. */
export function regressionText(report: RegressionReport): string {
  const { rounds, comparisons, sizes } = report;
  const slower = regressions(report);
  return [
    `Ratio of this checkout's multisite-init to the other checkout's, ${rounds} rounds. Below 1, this checkout needs less.`,
    'Each line: the median of the ratios within a round, and its 95 % confidence interval.',
    '',
    ...comparisons.map(line),
    '',
    sizeLine('Node bundles', sizes.before.nodeBundles, sizes.now.nodeBundles),
    sizeLine('Bun binary', sizes.before.bunBinary, sizes.now.bunBinary),
    slower.length === 0
      ? `No median is above ${LIMIT} with 95 % confidence.`
      : `Above ${LIMIT} with 95 % confidence: ${slower.map(nameOf).join('; ')}.`,
    '',
  ].join('\n');
}

function line(comparison: Comparison): string {
  const { median, low, high } = comparison.ratio;
  return `  ${nameOf(comparison).padEnd(38)} ${median.toFixed(3)}  (${low.toFixed(3)}-${high.toFixed(3)})`;
}

function nameOf({ scenario, engine, metric }: Comparison): string {
  return `${scenario} on ${engine}, ${TITLES[metric]}`;
}

function sizeLine(what: string, before: Sizes[keyof Sizes], now: Sizes[keyof Sizes]): string {
  return `${what}: ${before} bytes before, ${now} now (${(now / before).toFixed(3)}).`;
}
