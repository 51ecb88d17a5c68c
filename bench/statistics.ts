/** The middle of some numbers, and where all but the outer tenths of them lie. */
export interface Spread {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** How one series compares with another: below 1 it takes less. */
export interface Ratio {
  /** The one's median by the other's. */
  readonly ofMedians: number;
  /** Of the ratios within each round, which had the same neighbours on the machine. */
  readonly paired: Spread;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1), p90: quantile(sorted, 0.9) };
}

/** @param baseline of the same rounds, in the same order */
export function ratio(values: readonly number[], baseline: readonly number[]): Ratio {
  return {
    ofMedians: spread(values).median / spread(baseline).median,
    paired: spread(values.map((value, round) => value / (baseline[round] ?? Number.NaN))),
  };
}

/** Between two neighbours in proportion, as most programs do it (Hyndman and Fan's type 7). */
function quantile(sorted: readonly number[], part: number): number {
  const position = part * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position % 1);
}
