import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Progress } from '../progress.ts';
import { buildOnce } from './build-lock.ts';
import { goBuild } from './go-build.ts';
import { GoError } from './go-version.ts';

/** A program that is built from Go modules at its first use. */
export interface GoProgram {
  /** The executable's name. */
  readonly name: string;
  /** The name in messages, with the version. */
  readonly title: string;
  /** The release of the program. The name of its folder in the cache begins with it. */
  readonly release: string;
  /** The main package, a `tool` of the go.mod. */
  readonly package: string;
  /** The folder of that go.mod. */
  readonly moduleFolder: string;
  /** Variables of the program that the linker sets, by package and name. */
  readonly variables: Readonly<Record<string, string>>;
  /** What to do if it cannot be built. Undefined if the only way is to fill the cache by hand. */
  readonly insteadOfBuilding: string | undefined;
}

const GOOS: string = process.platform;
const GOARCH: string = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * The path of a program in the user's cache. A missing program is built first, which takes minutes once.
 *
 * @param onProgress gets the progress of a build
 * @param signal ends a build
 */
export async function goProgram(
  program: GoProgram,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = cacheFolder(program);
  const path = join(folder, program.name);
  const workFolder = join(folder, `.building-${program.name}`);
  await mkdir(folder, { recursive: true });
  await buildOnce({
    folder: workFolder,
    isDone: () => isExecutable(path),
    onWait: () => onProgress(`waiting for another process that builds ${program.title}`),
    build: async () => {
      const output = join(workFolder, randomUUID());
      await build(program, output, workFolder, onProgress, signal);
      await rename(output, path);
    },
    signal,
  });
  return path;
}

/** Whether it is in the cache already. */
export function isBuilt(program: GoProgram): Promise<boolean> {
  return isExecutable(join(cacheFolder(program), program.name));
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function cacheFolder({ release }: GoProgram): string {
  const configured = process.env.XDG_CACHE_HOME;
  // The XDG base directory specification says that a relative path must be ignored.
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'cdk8s-multisite', `${release}-${GOOS}-${GOARCH}`);
}

async function build(
  program: GoProgram,
  output: string,
  workFolder: string,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  const started = Date.now();
  try {
    await goBuild({
      package: program.package,
      output,
      moduleFolder: program.moduleFolder,
      workFolder,
      ldflags: linkerFlags(program),
      goos: GOOS,
      goarch: GOARCH,
      onProgress: (line, fraction) =>
        onProgress(`building ${program.name}: ${line} (only once; ${program.release})`, fraction),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new Error(cannotBuild(program, error), { cause: error });
  }
  onProgress(`built ${program.title} in ${Math.round((Date.now() - started) / 1000)} s`);
}

function linkerFlags({ variables }: GoProgram): string {
  const settings = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  return ['-s -w', ...settings].join(' ');
}

function cannotBuild(program: GoProgram, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const hint = error instanceof GoError ? `${error.hint}, or ` : '';
  const instead =
    program.insteadOfBuilding ??
    `put an executable ${program.name} of that release into ${cacheFolder(program)}`;
  return `${program.title} could not be built: ${why}\nTo fix this: ${hint}${instead}`;
}
