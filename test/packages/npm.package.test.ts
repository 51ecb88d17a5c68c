import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repositoryFiles } from '../cloudify-manager/repository-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './root.ts';

/** It installs twice. */
const TIMEOUT_MS = 900_000;

/** As somebody's shell is who has just cloned the repository: nothing of this checkout on the PATH but its Node. */
async function newShell() {
  const bin = join(await temporaryFolder(), 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const env = { ...Object.fromEntries(inherited), PATH: [bin, ...folders].join(delimiter) };
  return (cwd: string, command: string, ...args: string[]) =>
    promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 26 });
}

/** The repository as a commit of what is here, without what is not part of it. */
async function newClone(type: Awaited<ReturnType<typeof newShell>>): Promise<string> {
  const clone = await temporaryFolder();
  for (const file of await repositoryFiles()) {
    await mkdir(dirname(join(clone, file)), { recursive: true });
    // A file that is deleted, but not yet committed so, is still listed.
    await cp(join(ROOT, file), join(clone, file), { verbatimSymlinks: true }).catch(() => undefined);
  }
  await type(clone, 'git', 'init', '--quiet');
  await type(clone, 'git', 'add', '--all');
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
  await type(clone, 'git', ...author, 'commit', '--quiet', '--message=all');
  return clone;
}

test('npm pack in a fresh clone makes a package that installs without a warning, and leaves git clean', {
  timeout: TIMEOUT_MS,
}, async () => {
  const type = await newShell();
  const clone = await newClone(type);
  const project = await temporaryFolder();

  await type(clone, 'npm', 'pack');

  const [packed = ''] = (await readdir(clone)).filter((name) => name.endsWith('.tgz'));
  expect((await type(clone, 'git', 'status', '--porcelain')).stdout).toBe('');
  const install = ['install', join(clone, packed), 'cdk8s', 'cdk8s-plus-27', 'constructs'];
  const { stdout, stderr } = await type(project, 'npm', ...install);
  expect(stdout + stderr).not.toMatch(/prepare|cdk8s-multisite@/); // it warns of a dependency of cdk8s-plus-27
  const { MultisiteInit } = await import(join(project, 'node_modules/cdk8s-multisite/lib/index.js'));
  expect(MultisiteInit).toBeTypeOf('function');
});
