import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'multisite-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A folder that goes with the tests of a file. */
export async function folderOfFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'multisite-test-'));
  afterAll(() => rm(folder, { recursive: true }));
  return folder;
}
