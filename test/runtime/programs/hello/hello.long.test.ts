import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api } from '@kubernetes/client-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { allow } from '../../../support/allow.ts';
import { createSite } from '../../../support/site.ts';
import { folderOfFile } from '../../../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const HELLO = join(import.meta.dirname, 'hello');
const NODE = join(ROOT, 'node_modules/.bin/node');

/** A copy of what programs are built from, with one program more. */
let copy: string;

beforeAll(async () => {
  copy = await folderOfFile();
  const isSource = (path: string) => !/\/(build|node_modules)$/.test(path);
  await cp(join(ROOT, 'runtime'), join(copy, 'runtime'), { recursive: true, filter: isSource });
  for (const name of ['biome.json', 'tsconfig.esm.json']) {
    await cp(join(ROOT, name), join(copy, name));
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  // All that a program takes: its folder, and one line in the list of programs.
  await cp(HELLO, join(copy, 'runtime/programs/hello'), { recursive: true });
  const list = join(copy, 'runtime/package.json');
  const text = await readFile(list, 'utf8');
  await writeFile(list, text.replace('"bin": {', '"bin": {\n    "hello": "programs/hello/bin.cjs",'));
  await run('node', ['build.ts'], join(copy, 'runtime'));
});

/** Runs a command with the project's own programs first in its PATH; resolves to what it printed. */
async function run(command: string, args: readonly string[], cwd: string, env = {}): Promise<string> {
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  const { stdout } = await promisify(execFile)(command, [...args], { cwd, env: { ...env, PATH } });
  return stdout;
}

test('passes the types and the lint that keeps programs apart', async () => {
  await run('tsc', ['-p', 'runtime'], copy);
  const lint = ['lint', '--error-on-warnings', '--vcs-enabled=false', 'runtime/programs'];
  await run('biome', lint, copy);
  const stray = join(copy, 'runtime/programs/hello/stray.ts');
  for (const path of [
    '../multisite-init/run.ts',
    '../../programs/multisite-init/run.ts',
    '../../../src/index.ts',
    '../../../test/support/site.ts',
  ]) {
    await writeFile(stray, `export * from '${path}';\n`);
    await expect(run('biome', lint, copy), path).rejects.toThrow(/never another program/);
  }
});

describe.each([
  ['Node', () => [NODE, join(copy, 'runtime/programs/hello/bin.cjs')]],
  ['Bun', () => [join(copy, 'runtime/build/bin/hello')]],
])('on %s', (_, command) => {
  const hello = (args: readonly string[], env = {}) => {
    const [program = '', ...first] = command();
    return run(program, [...first, ...args], copy, env);
  };

  test('reads its ConfigMap', async () => {
    const site = await createSite();
    await allow(site, 'configmaps', 'hello', 'get');
    await site.kubeConfig.makeApiClient(CoreV1Api).createNamespacedConfigMap({
      namespace: site.namespace,
      body: { metadata: { name: 'hello' }, data: { greeting: 'hello, world' } },
    });
    expect(await hello(['--namespace', site.namespace], site.env)).toBe('hello, world\n');
  });

  test('has help, a version, exit codes and hints', async () => {
    expect(await hello(['--help'])).toContain('hello - print what a ConfigMap greets with');
    expect(await hello(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
    await expect(hello(['--nmespace=a'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--namespace'),
    });
    const site = await createSite();
    await expect(hello(['--namespace', site.namespace], site.env)).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Check the rights of the credential.'),
    });
    await expect(hello(['--namespace=a'])).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Run it in a pod.'),
    });
  });
});
