import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const REQUIREMENTS = join(import.meta.dirname, 'python-requirements.txt');

/** Which Python it is: a virtual environment belongs to that one alone. */
const ASK = 'import sys; print(sys.executable, sys.version)';

/**
 * A Python interpreter that has the official Kubernetes client: of a virtual environment, which is made when first
 * asked for, in a quarter of a minute, and kept in the cache. pip goes by its own configuration.
 *
 * @throws with what to install
 */
export async function pythonWithClient(python = 'python3'): Promise<string> {
  const version = await run(python, ['-c', ASK]);
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const name = createHash('sha256').update(`${version}\n${requirements}`).digest('hex').slice(0, 12);
  const folder = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'cdk8s-multisite',
    `python-client-${name}`,
  );
  const interpreter = join(folder, 'bin/python');
  if (!(await exists(interpreter))) await make(python, folder);
  return interpreter;
}

/** Elsewhere first, and then at once: nobody ever sees a half of it. */
async function make(python: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(`${folder}-`);
  try {
    await run(python, ['-m', 'venv', made]);
    const install = ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS];
    await run(join(made, 'bin/python'), install);
    await rename(made, folder).catch(async (error) => {
      // Another process was faster.
      if (!(await exists(join(folder, 'bin/python')))) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    const what =
      code === 'ENOENT'
        ? 'it is not installed'
        : `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n');
    throw new Error(
      `the official Python client wants ${command}, 3.10 or newer, with venv and pip (apt-get install python3 python3-venv): ${command} ${args.join(' ')}: ${what}`,
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
