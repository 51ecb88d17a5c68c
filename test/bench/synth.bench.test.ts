import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { METRICS } from '../../bench/cost.ts';
import { PROJECTS, STOCK_PROJECTS } from '../../bench/synth/comparison.ts';
import type { SynthReport } from '../../bench/synth/report.ts';
import { synthText } from '../../bench/synth/text.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');

/** The first run on a machine installs what the stock template asks for. */
const TIMEOUT_MS = 600_000;

test(
  'compares with the stock template, and measures growth in attachments and in charts',
  async () => {
    const flags = ['--only', 'synth', '--rounds', '1', '--attachments', '16', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...flags]);
    const report = JSON.parse(stdout) as { readonly synth: SynthReport };

    expect(Object.keys(report)).toEqual(['synth']);
    const { environment, rounds, comparison, growthRounds, growth } = report.synth;
    expect({ rounds, growthRounds }).toEqual({ rounds: 1, growthRounds: 1 });
    expect(environment.tsNode).toMatch(/^10\./);
    for (const metric of METRICS) {
      for (const project of PROJECTS) {
        expect(comparison.measured[project][metric].median).toBeGreaterThan(0);
      }
      for (const stock of STOCK_PROJECTS) {
        expect(comparison.ratios[stock][metric].ofMedians).toBe(
          comparison.measured.here[metric].median / comparison.measured[stock][metric].median,
        );
      }
    }
    expect(growth.attachments.map(({ attachments, charts }) => [attachments, charts])).toEqual(
      [0, 2, 4, 8, 16].map((attachments) => [attachments, 1]),
    );
    expect(growth.charts.map(({ attachments, charts }) => [attachments, charts])).toEqual(
      [1, 4, 16].map((charts) => [16, charts]),
    );

    const text = synthText(report.synth);
    expect(text).toMatch(/^ {4}here( +\d\.\d+ +\(\d\.\d+-\d\.\d+\)){2} +\d+\.\d$/m);
    for (const stock of ['same sources', 'package']) {
      expect(text).toMatch(
        new RegExp(`^cdk8s synth here / stock, ${stock}: wall time .*, CPU time .*, peak memory .*\\.$`, 'm'),
      );
    }
    expect(text).toMatch(/^ +16( +\d+\.\d +-?\d+\.\d+){3}$/m);
  },
  TIMEOUT_MS,
);
