import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Steps } from './steps.ts';

const ROOT = join(import.meta.dirname, '..');

const SOURCES = ['src', 'runtime', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.esm.json'];
const OUTPUTS = ['lib/index.js', 'build/app.js', 'runtime/build'];
/** Folders among the sources that hold none. */
const NO_SOURCES = /\/runtime\/(build|node_modules)\//;

/** A build that goes on beside other work. */
export interface Build {
  /** Resolves to whether there was anything to do. @throws with what the compilers say */
  readonly done: Promise<boolean>;
  /** Ends it, if it has not ended. */
  stop(): Promise<void>;
}

/** Compiles the constructs and multisite-init, unless that was done since their sources changed. */
export function startBuild(interrupted: AbortSignal): Build {
  const stopping = new AbortController();
  const done = build(AbortSignal.any([interrupted, stopping.signal]));
  const ended = done.catch(() => {}); // whoever waits for it hears of it
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
    return { said: `the constructs and multisite-init: ${built ? 'built' : 'up to date'}`, value: undefined };
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
 * Whether a repository was built since its sources changed. All outputs count: a build that was interrupted has left some of
 * them old.
 */
export async function isUpToDate(root: string): Promise<boolean> {
  const below = (paths: readonly string[]) => paths.map((path) => join(root, path));
  try {
    const outputs = await timesBelow(below(OUTPUTS));
    const sources = await timesBelow(below(SOURCES), NO_SOURCES);
    return Math.min(...outputs) > Math.max(...sources);
  } catch {
    return false; // one is missing
  }
}

/** When the files at and below some paths were last written, in milliseconds. */
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
