import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isUpToDate } from '../../start/build.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SOURCES = ['src/a.ts', 'src/private/b.ts', 'runtime/build.ts', 'runtime/kube/c.ts'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.esm.json'];
const APPS = ['build/app.js', 'build/metainit.js'];
const OUTPUTS = ['lib/index.js', ...APPS, 'runtime/build/node/c.cjs', 'runtime/build/bin/c'];

/** A repository that was built a while after its last change. */
async function builtRepository(): Promise<string> {
  const root = await temporaryFolder();
  await Promise.all([...SOURCES, ...SETTINGS].map((file) => writeAt(root, file, 1000)));
  await Promise.all([...OUTPUTS, 'runtime/node_modules/d.js'].map((file) => writeAt(root, file, 2000)));
  return root;
}

/** @param seconds since 1970: when it was written, as it seems */
async function writeAt(root: string, file: string, seconds: number): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await utimes(path, seconds, seconds);
}

test('what was built after the last change is up to date', async () => {
  expect(await isUpToDate(await builtRepository())).toBe(true);
});

test.each([...SOURCES, ...SETTINGS])('it is not once %s has changed', async (source) => {
  const root = await builtRepository();
  await writeAt(root, source, 3000);
  expect(await isUpToDate(root)).toBe(false);
});

test.each(OUTPUTS)('it is not where a build ended before %s was written', async (output) => {
  const root = await builtRepository();
  await writeAt(root, output, 500);
  expect(await isUpToDate(root)).toBe(false);
});

test.each(['lib', 'build', 'runtime/build'])('it is not where %s is missing', async (folder) => {
  const root = await builtRepository();
  await rm(join(root, folder), { recursive: true });
  expect(await isUpToDate(root)).toBe(false);
});

test('another package that was installed for the runtime changes nothing', async () => {
  const root = await builtRepository();
  await writeAt(root, 'runtime/node_modules/d.js', 3000);
  expect(await isUpToDate(root)).toBe(true);
});
