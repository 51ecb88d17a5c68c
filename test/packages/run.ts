import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { whyFailed } from '../../devcluster/builds/why-failed.ts';
import { ROOT } from './root.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What to install for this command. */
  readonly install: string;
}

/**
 * Runs a command to its end, with the project's Node, which a jsii program of any language starts.
 *
 * @returns what it prints
 * @throws with what it says on failure, and what to install
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, install }: RunOptions,
): Promise<string> {
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    throw new Error(`${command} (${install}): ${whyFailed(error, 20)}`, { cause: error });
  }
}
