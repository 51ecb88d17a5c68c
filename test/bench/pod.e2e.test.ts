import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { PodReport } from '../../bench/pod/bench.ts';
import { podText } from '../../bench/pod/text.ts';
import { VARIANTS } from '../../bench/pod/variants.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');

test('npm run bench -- --only pod: measures how much later an application starts', async () => {
  const flags = ['--only', 'pod', '--rounds', '1', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...flags]);
  const report: { readonly pod: PodReport } = JSON.parse(stdout);

  expect(Object.keys(report)).toEqual(['pod']);
  const { rounds, started, ratios, added } = report.pod;
  expect(rounds).toBe(1);
  const base = started['no init container'].median;
  for (const variant of VARIANTS) {
    expect(started[variant].median).toBeGreaterThan(0);
    expect(ratios[variant].ofMedians).toBeCloseTo(started[variant].median / base);
    expect(added[variant].median).toBeCloseTo(started[variant].median - base);
  }
  expect(podText(report.pod)).toMatch(
    /^ {4}multisite-init +\d\.\d+ +\(\d\.\d+-\d\.\d+\) +\d+\.\d +-?\d+\.\d$/m,
  );
});
