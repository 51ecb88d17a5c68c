import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { MetainitReport } from '../../bench/metainit/bench.ts';
import { CONTENDERS } from '../../bench/metainit/contenders.ts';
import { METRICS } from '../../bench/metainit/sample.ts';
import { metainitText } from '../../bench/metainit/text.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');

test('npm run bench -- --only metainit: compares metainit with a controller in Go', async () => {
  const flags = ['--only', 'metainit', '--rounds', '1', '--pods', '100', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...flags]);
  const report: { readonly metainit: MetainitReport } = JSON.parse(stdout);

  expect(Object.keys(report)).toEqual(['metainit']);
  const { rounds, rows } = report.metainit;
  expect(rounds).toBe(1);
  expect(rows.map(({ pods, contender }) => [pods, contender])).toEqual(
    [10, 100].flatMap((pods) => CONTENDERS.map((contender) => [pods, contender])),
  );
  for (const { pods, contender, measured, ratios } of rows) {
    const base = rows.find((row) => row.pods === pods && row.contender === 'Go');
    for (const metric of METRICS) {
      expect(ratios[metric].ofMedians).toBeCloseTo(
        measured[metric].median / (base?.measured[metric].median ?? 0),
      );
    }
    for (const metric of ['perSecond', 'cpuMs', 'peakMiB', 'idleMiB'] as const) {
      expect(measured[metric].median, `${contender}, ${metric}`).toBeGreaterThan(0);
    }
  }
  expect(metainitText(report.metainit)).toMatch(/^ {2}metainit on Bun +-?\d+\.\d \d+\.\d+x/m);
});
