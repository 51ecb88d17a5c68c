import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { keptFolder } from '../support/kept-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { manifestsIn, typescriptManifests } from './manifests.ts';
import { generate, OWN_PACKAGE } from './pacmak.ts';
import { run } from './run.ts';

const FOLDER = join(import.meta.dirname, 'python');
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const install = 'Python 3.10 or newer with venv and pip: apt-get install python3 python3-venv';

let python: string;

/** Of a virtual environment with all that the package asks for, but not the package. */
beforeAll(async () => {
  // A virtual environment belongs to one Python alone.
  const which = await run('python3', ['-c', 'import sys; print(sys.executable, sys.version)'], { install });
  const environment = await keptFolder(
    'packages-python',
    [which, await readFile(REQUIREMENTS, 'utf8')],
    async (folder) => {
      await run('python3', ['-m', 'venv', folder], { install });
      const pip = ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS];
      await run(join(folder, 'bin/python'), pip, { install });
    },
  );
  python = join(environment, 'bin/python');
});

/** Builds the package and installs it, alone, in a folder of its own. */
async function installPackage(): Promise<string> {
  const folder = await temporaryFolder();
  const code = await generate(OWN_PACKAGE, 'python', folder);
  const installed = join(folder, 'installed');
  const alone = ['--no-deps', '--no-build-isolation', '--target', installed];
  await run(python, ['-m', 'pip', 'install', '--quiet', ...alone, code], { install });
  return installed;
}

test('a Python program synthesizes what the same in TypeScript does', async () => {
  const PYTHONPATH = await installPackage();
  const output = await temporaryFolder();
  await run(python, [join(FOLDER, 'main.py'), output], { install, env: { PYTHONPATH } });
  expect(await manifestsIn(output)).toEqual(await typescriptManifests());
  // What the package says that it needs is what the program has just run with.
  await run(python, ['-m', 'pip', 'check'], { install, env: { PYTHONPATH } });
});
