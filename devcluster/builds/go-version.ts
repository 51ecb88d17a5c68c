import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { promisify } from 'node:util';

/** Go cannot build any program here. */
export class GoError extends Error {
  override readonly name = 'GoError';
  /** What to do, as the first part of "do this, or …". */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Since this release, Go downloads a newer release if a go.mod needs it (https://go.dev/doc/toolchain). */
const FETCHES_NEWER_SINCE = '1.21';

/**
 * @param path the folders in which `go` is searched @default - PATH
 * @throws GoError if there is no `go` on the path, or if it is too old for the folder's go.mod
 */
export async function checkGo(moduleFolder: string, path = process.env.PATH ?? ''): Promise<void> {
  const required = await requiredGo(moduleFolder);
  const hint = `install Go ${required} or newer`;
  const version = await askGo(['version'], { PATH: path, GOTOOLCHAIN: 'local' });
  if (version === undefined) {
    throw new GoError('there is no `go` on the PATH', hint);
  }
  const found = /\bgo(\d+\.\d+)/.exec(version)?.[1];
  if (found === undefined || isAtLeast(found, required)) {
    return;
  }
  const fetchesNewer =
    isAtLeast(found, FETCHES_NEWER_SINCE) &&
    (await askGo(['env', 'GOTOOLCHAIN'], { PATH: path })) !== 'local';
  if (!fetchesNewer) {
    throw new GoError(`the \`go\` on the PATH is Go ${found}, which is too old`, hint);
  }
}

/** @returns major and minor version, for example `1.26` */
async function requiredGo(moduleFolder: string): Promise<string> {
  const goMod = await readFile(join(moduleFolder, 'go.mod'), 'utf8');
  const version = /^go (\d+\.\d+)/m.exec(goMod)?.[1];
  if (version === undefined) {
    throw new Error(`${join(moduleFolder, 'go.mod')} has no line with the version of Go`);
  }
  return version;
}

/**
 * Runs `go` outside of all modules, because a go.mod could make Go download another release first. @returns undefined
 * without Go
 */
async function askGo(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const options = { cwd: parse(import.meta.dirname).root, env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)('go', [...args], options);
    return stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function isAtLeast(version: string, required: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [requiredMajor = 0, requiredMinor = 0] = required.split('.').map(Number);
  return major > requiredMajor || (major === requiredMajor && minor >= requiredMinor);
}
