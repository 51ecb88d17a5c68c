import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { howToInstall } from '../requirements.ts';
import { keptFolder } from './kept-folder.ts';
import { whyFailed } from './why-failed.ts';

const REQUIREMENTS = join(import.meta.dirname, 'python-requirements.txt');

/** Identifies the Python, because a virtual environment works with only one Python. */
const ASK = 'import sys; print(sys.executable, sys.version)';

/**
 * A Python interpreter with the official Kubernetes client. It is in a virtual environment in the cache. The first use
 * creates the environment in a quarter of a minute. pip uses its own configuration.
 *
 * @throws with what to install
 */
export async function pythonWithClient(python = 'python3'): Promise<string> {
  const version = await run(python, ['-c', ASK]);
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const folder = await keptFolder('python-client', [version, requirements], async (made) => {
    await run(python, ['-m', 'venv', made]);
    const install = ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS];
    await run(join(made, 'bin/python'), install);
  });
  return join(folder, 'bin/python');
}

async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout;
  } catch (error) {
    throw new Error(
      `the official Python client needs Python 3.10 or newer with venv and pip (${howToInstall('python3')}). \`${command} ${args.join(' ')}\` failed: ${whyFailed(error, 5)}`,
      { cause: error },
    );
  }
}
