import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LIMIT, type RegressionReport, regressions } from '../../bench/regression/bench.ts';

const ROOT = join(import.meta.dirname, '../..');
const flags = ['--only', 'regression', '--baseline', ROOT, '--rounds', '1', '--json'];

test('compares this checkout with another one, on both engines and in every scenario', async () => {
  const ended = await promisify(execFile)(process.execPath, [join(ROOT, 'bench/main.ts'), ...flags]).catch(
    // With one round and a noisy machine, either may take more.
    ({ stdout }) => ({ stdout }),
  );
  const { comparisons, sizes } = JSON.parse(ended.stdout) as RegressionReport;
  expect(new Set(comparisons.map(({ scenario, engine }) => `${scenario} on ${engine}`))).toEqual(
    new Set(
      ['--version', 'first write', 'merge', 'nothing to do'].flatMap((scenario) => [
        `${scenario} on Bun`,
        `${scenario} on Node`,
      ]),
    ),
  );
  for (const { ratio } of comparisons) {
    expect(ratio.median).toBeGreaterThan(0);
  }
  expect(sizes.now).toEqual(sizes.before);
});

test('a regression is a median that lies above the limit for sure', () => {
  const comparison = (low: number) =>
    ({
      scenario: 'merge',
      engine: 'Bun',
      metric: 'wallMs',
      ratio: { median: 2, low, high: 3 },
    }) as const;
  const sizes = { nodeBundles: 1, bunBinary: 1 };
  const [sure, unsure] = [comparison(LIMIT + 0.01), comparison(LIMIT)];
  expect(
    regressions({ rounds: 1, comparisons: [sure, unsure], sizes: { before: sizes, now: sizes } }),
  ).toEqual([sure]);
});
