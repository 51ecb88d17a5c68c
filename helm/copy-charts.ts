import { cp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { usageFailure } from '../runtime/cli/failure.ts';

/** The names of the charts. The chart of a name is in the folder of this name, here. */
export const CHARTS = ['cloudify-manager', 'metainit'] as const;

export type ChartName = (typeof CHARTS)[number];

/** A copy of a chart. */
export interface ChartCopy {
  readonly name: ChartName;
  readonly folder: string;
  /** The number of its files. */
  readonly files: number;
}

/**
 * Copies each chart to a folder of its name in the given folder, and replaces the content of that folder.
 *
 * @throws Failure (exit code 2), before it writes, if one of these folders holds something else
 */
export async function copyCharts(output: string): Promise<ChartCopy[]> {
  const targets = CHARTS.map((name) => ({ name, folder: join(output, name) }));
  for (const { name, folder } of targets) {
    await checkReplaceable(name, folder);
  }
  return Promise.all(targets.map(({ name, folder }) => copyChart(name, folder)));
}

async function copyChart(name: ChartName, folder: string): Promise<ChartCopy> {
  await rm(folder, { recursive: true, force: true });
  await cp(chartFolder(name), folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return { name, folder, files: entries.filter((entry) => entry.isFile()).length };
}

function chartFolder(name: ChartName): string {
  return join(import.meta.dirname, name);
}

async function checkReplaceable(name: ChartName, folder: string): Promise<void> {
  if ((await entriesOf(folder)).length === 0) {
    return;
  }
  if ((await realpath(folder)) === (await realpath(chartFolder(name)))) {
    throw usageFailure(`${folder} is the chart itself`, 'Give another folder.');
  }
  if ((await nameOfChart(folder)) !== name) {
    throw usageFailure(
      `${folder} does not hold the chart ${name}, but other files`,
      'Give another folder, or empty this folder.',
    );
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    if (error.code === 'ENOTDIR') {
      throw usageFailure(`${folder} is a file, or in a file`, 'Give a folder.');
    }
    throw error;
  });
}

async function nameOfChart(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '{}');
  return (parse(text) as { readonly name?: unknown } | null)?.name;
}
