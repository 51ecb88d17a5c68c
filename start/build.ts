import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Steps } from './steps.ts';

const ROOT = join(import.meta.dirname, '..');

const SOURCES = ['src', 'runtime', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.esm.json'];
const OUTPUTS = ['lib/index.js', 'build/app.js', 'build/metainit.js', 'runtime/build'];
/** Folders below the sources that have no sources. */
const NO_SOURCES = /\/runtime\/(build|node_modules)\//;

/** A build that runs at the same time as other work. */
export interface Build {
  /** Resolves to whether anything was built. @throws with the output of the compilers */
  readonly done: Promise<boolean>;
  /** Stops the build if it still runs. */
  stop(): Promise<void>;
}

/** Compiles the constructs and the programs, if their sources have changed since the last build. */
export function startBuild(interrupted: AbortSignal): Build {
  const stopping = new AbortController();
  const done = build(AbortSignal.any([interrupted, stopping.signal]));
  const ended = done.catch(() => {}); // `done` reports the error
  return {
    done,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Shows the end of a build as a step. */
export function waitForBuild(steps: Steps, { done }: Build): Promise<void> {
  return steps.run('build', async () => {
    const built = await done;
    return {
      summary: `the constructs and the programs: ${built ? 'built' : 'up to date'}`,
      value: undefined,
    };
  });
}

async function build(signal: AbortSignal): Promise<boolean> {
  if (await isUpToDate(ROOT)) {
    return false;
  }
  await runCommand('npm', ['run', '--silent', 'build'], { cwd: ROOT, signal });
  return true;
}

/**
 * Whether a repository was built after the last change of its sources. All outputs are checked, because an interrupted
 * build leaves some outputs old.
 */
export async function isUpToDate(root: string): Promise<boolean> {
  const below = (paths: readonly string[]) => paths.map((path) => join(root, path));
  try {
    const outputs = await timesBelow(below(OUTPUTS));
    const sources = await timesBelow(below(SOURCES), NO_SOURCES);
    return Math.min(...outputs) > Math.max(...sources);
  } catch {
    return false; // a file is missing
  }
}

/** The times of the last change of all files at and below the paths, in milliseconds. */
async function timesBelow(paths: readonly string[], except?: RegExp): Promise<number[]> {
  const files = (await Promise.all(paths.map(filesBelow))).flat();
  const wanted = files.filter((file) => !except?.test(file));
  return Promise.all(wanted.map(async (file) => (await stat(file)).mtimeMs));
}

async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) {
    return [path];
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
