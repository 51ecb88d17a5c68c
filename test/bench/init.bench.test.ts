import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { BASELINES, OURS } from '../../bench/contender.ts';
import { METRICS } from '../../bench/cost.ts';
import type { Report } from '../../bench/report.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');
const SCENARIOS = ['first write', 'merge', 'nothing to do', 'merge of 1 MiB'];

test('measures every way in every scenario, and knows that each run did its work', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    MAIN,
    '--only',
    'init',
    '--rounds',
    '1',
    '--json',
  ]);
  const { environment, rounds, rows, sizes } = JSON.parse(stdout) as Report;

  expect(rounds).toBe(1);
  expect(rows.map(({ scenario, contender }) => [scenario, contender])).toEqual(
    SCENARIOS.flatMap((scenario) => [...OURS, ...BASELINES].map((contender) => [scenario, contender])),
  );
  for (const { scenario, contender, missing, runs, written, measured, against } of rows) {
    if (contender === 'Python client' && environment.python === undefined) {
      expect(missing).toBe('not installed: pip install kubernetes');
      continue;
    }
    expect({ runs, written }).toEqual({ runs: 1, written: scenario === 'nothing to do' ? 0 : 1 });
    for (const metric of METRICS) {
      expect(measured?.[metric].median).toBeGreaterThan(0);
      expect(against['kubectl patch']?.[metric].ofMedians).toBeGreaterThan(0);
    }
    if (contender === 'kubectl patch') {
      expect(against['kubectl patch']?.wallMs.ofMedians).toBe(1);
    }
  }
  expect(sizes.nodeBundles).toBeGreaterThan(0);
  expect(sizes.bunBinary).toBeGreaterThan(sizes.nodeBundles);
});
