/** The median of numbers, and their 10th and 90th percentile. */
export interface Spread {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** How a series compares with the baseline. A ratio below 1 means less. */
export interface Ratio {
  /** The ratio of the two medians. */
  readonly ofMedians: number;
  /** The ratios within each round, which had the same load on the machine. */
  readonly paired: Spread;
}

/** The interval that contains the median of the distribution of the numbers. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median, and the interval that contains the true median with at least 95 % confidence, for any distribution. The
 * interval lies between two of the sorted numbers, by the binomial distribution
 * (https://en.wikipedia.org/wiki/Order_statistic#Confidence_intervals_for_quantiles). With fewer than six numbers no
 * interval has this confidence, so the interval spans all numbers.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let rank = 0;
  // The probability that at most `rank` of the numbers are below the median.
  let chance = 0.5 ** count;
  let term = chance;
  while (rank + 1 < count / 2) {
    term *= (count - rank) / (rank + 1);
    if (chance + term > 0.025) {
      break;
    }
    chance += term;
    rank += 1;
  }
  return {
    median: quantile(sorted, 0.5),
    low: sorted[rank] ?? Number.NaN,
    high: sorted[count - 1 - rank] ?? Number.NaN,
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1), p90: quantile(sorted, 0.9) };
}

/** @param baseline the values of the same rounds, in the same order */
export function ratio(values: readonly number[], baseline: readonly number[]): Ratio {
  return {
    ofMedians: spread(values).median / spread(baseline).median,
    paired: spread(values.map((value, round) => value / (baseline[round] ?? Number.NaN))),
  };
}

/** Interpolates linearly between two neighbours, like most programs (Hyndman and Fan's type 7). */
function quantile(sorted: readonly number[], part: number): number {
  const position = part * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position % 1);
}
