import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { synthesize } from './program.ts';

/** What a program makes in TypeScript: the text of each file. */
export async function typescriptManifests(program = synthesize): Promise<Record<string, string>> {
  const folder = await temporaryFolder();
  program(folder);
  return manifestsIn(folder);
}

export async function manifestsIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}
