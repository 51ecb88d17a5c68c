import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptFolder } from '../../devcluster/builds/kept-folder.ts';
import { howToInstall } from '../../devcluster/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { generate, OWN_PACKAGE } from './pacmak.ts';
import { run } from './run.ts';

const REQUIREMENTS = join(import.meta.dirname, 'python/requirements.txt');
export const PYTHON_TO_INSTALL = `Python 3.10 or newer with venv and pip: ${howToInstall('python3')}`;
const install = PYTHON_TO_INSTALL;

/** The Python of a virtual environment with all that the package asks for, but not the package. */
export async function pythonEnvironment(): Promise<string> {
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
  return join(environment, 'bin/python');
}

/** Builds the package and installs it, alone, in a folder that goes with the test: the one for PYTHONPATH. */
export async function installPackage(python: string): Promise<string> {
  const folder = await temporaryFolder();
  const code = await generate(OWN_PACKAGE, 'python', folder);
  const installed = join(folder, 'installed');
  const alone = ['--no-deps', '--no-build-isolation', '--target', installed];
  await run(python, ['-m', 'pip', 'install', '--quiet', ...alone, code], { install });
  return installed;
}
