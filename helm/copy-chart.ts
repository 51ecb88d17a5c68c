import { cp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { usageFailure } from '../runtime/cli/failure.ts';

export const NAME = 'cloudify-manager';

/** The chart itself. */
const CHART = join(import.meta.dirname, 'chart');

/**
 * Copies the chart in place of what is in the folder.
 *
 * @returns how many files it has
 * @throws Failure (exit code 2) when the folder holds something else than a copy of this chart
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
    throw usageFailure(`${folder} is the chart itself`, 'Name another folder.');
  }
  if ((await nameOfChart(folder)) !== NAME) {
    throw usageFailure(
      `${folder} holds something else than the chart ${NAME}`,
      'Name another folder, or empty it.',
    );
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    if (error.code === 'ENOTDIR') {
      throw usageFailure(`${folder} is a file`, 'Name a folder.');
    }
    throw error;
  });
}

async function nameOfChart(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '{}');
  return (parse(text) as { readonly name?: unknown } | null)?.name;
}
