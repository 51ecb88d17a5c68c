import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const MAIN = join(import.meta.dirname, '../../helm/main.ts');

/** The chart as `npm run helm` writes it, in a folder that goes with the tests of the file. For the top of that file alone. */
export async function helmChart(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'multisite-helm-'));
  afterAll(() => rm(folder, { recursive: true }));
  await promisify(execFile)(process.execPath, [MAIN, '--output', folder]);
  return folder;
}
