import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { snippets } from './snippets.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A project that has installed this package and what it asks for. */
async function project(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docs-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'constructs']) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  await symlink(ROOT, join(folder, 'node_modules/cdk8s-multisite'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

const all = await snippets('ts');

test('there are snippets', () => {
  expect(all.map(({ file }) => file)).toContain('README.md');
});

test.each(all)('a snippet of $file compiles and synthesizes', async ({ text }) => {
  const folder = await project();
  await writeFile(join(folder, 'main.ts'), text);
  const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
  await run(join(ROOT, 'node_modules/.bin/tsc'), [...strict, 'main.ts'], { cwd: folder });
  await run(join(ROOT, 'node_modules/.bin/node'), ['main.ts'], { cwd: folder });
  const [manifest = ''] = await readdir(join(folder, 'dist'));
  const yaml = await readFile(join(folder, 'dist', manifest), 'utf8');
  expect(yaml).toContain('multisite-init');
  expect(yaml).toContain('kind: ConfigMap');
});
