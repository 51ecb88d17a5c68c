import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { UsageError } from './command-line.ts';

/** What of the chart is no manifest: its values and their schema, the checks, and the texts. */
const SOURCES = join(import.meta.dirname, 'chart');

export interface Chart {
  /** Of Chart.yaml. */
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  /** Texts by the names of their files, in the order to write them. */
  readonly templates: ReadonlyMap<string, string>;
}

/**
 * Writes the chart in place of what is in the folder.
 *
 * @returns how many files it has
 * @throws UsageError when what is there is something else than this chart
 */
export async function writeChart(folder: string, { metadata, templates }: Chart): Promise<number> {
  await checkReplaceable(folder, metadata.name);
  await rm(folder, { recursive: true, force: true });
  await cp(SOURCES, folder, { recursive: true });
  await writeFile(join(folder, 'Chart.yaml'), stringify(metadata));
  for (const [file, text] of templates) {
    const path = join(folder, 'templates', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function checkReplaceable(folder: string, name: string): Promise<void> {
  if ((await entriesOf(folder)).length === 0 || (await nameOfChart(folder)) === name) {
    return;
  }
  throw new UsageError(
    `${folder} holds something else than the chart ${name}: name another folder, or empty it`,
  );
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    if (error.code === 'ENOTDIR') {
      throw new UsageError(`${folder} is a file: name a folder`);
    }
    throw error;
  });
}

async function nameOfChart(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '{}');
  return (parse(text) as { readonly name?: unknown } | null)?.name;
}
