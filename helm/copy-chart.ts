import { cp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { usageFailure } from '../runtime/cli/failure.ts';

export const NAME = 'cloudify-manager';

/** The chart itself. */
const CHART = join(import.meta.dirname, 'chart');

/**
 * Replaces the content of the folder with a copy of the chart.
 *
 * @returns the number of files
 * @throws Failure (exit code 2) if the folder does not hold a copy of this chart
 */
export async function copyChart(folder: string): Promise<number> {
  await checkReplaceable(folder);
  await rm(folder, { recursive: true, force: true });
  await cp(CHART, folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function checkReplaceable(folder: string): Promise<void> {
  if ((await entriesOf(folder)).length === 0) {
    return;
  }
  if ((await realpath(folder)) === (await realpath(CHART))) {
    throw usageFailure(`${folder} is the chart itself`, 'Give another folder.');
  }
  if ((await nameOfChart(folder)) !== NAME) {
    throw usageFailure(
      `${folder} does not hold the chart ${NAME}, but other files`,
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
      throw usageFailure(`${folder} is a file`, 'Give a folder.');
    }
    throw error;
  });
}

async function nameOfChart(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '{}');
  return (parse(text) as { readonly name?: unknown } | null)?.name;
}
