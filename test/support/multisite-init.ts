import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The program as it is shipped, on each of its engines. */
export const ENGINES = {
  node: [join(ROOT, 'node_modules/.bin/node'), join(ROOT, 'runtime/programs/multisite-init/bin.cjs')],
  bun: [join(ROOT, 'runtime/build/bin/multisite-init')],
} as const;

export type Engine = keyof typeof ENGINES;

/** The engines that a project of Vitest is about: both, where it does not say. */
export const ENGINE_NAMES = (process.env.TEST_ENGINES?.split(',') ?? Object.keys(ENGINES)) as Engine[];

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `kubectl describe pod` would show. */
  readonly termination: string;
}

/** Runs the program to its end, and checks that it told nobody any of the secrets. */
export async function runMultisiteInit(
  engine: Engine,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  secrets: readonly string[] = [],
): Promise<Ended> {
  const ended = await runToEnd([...ENGINES[engine], ...args], env);
  for (const secret of secrets) {
    expect(JSON.stringify(ended)).not.toContain(secret);
  }
  return ended;
}

/** Runs a program to its end, in a folder of its own. */
export async function runToEnd(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'program-'));
  try {
    const terminationLog = join(folder, 'termination-log');
    await writeFile(terminationLog, 'left over');
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...env, TERMINATION_MESSAGE_PATH: terminationLog },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [exitCode, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    const left = await readFile(terminationLog, 'utf8');
    return { exitCode, signal, stdout, stderr, termination: left === 'left over' ? '' : left };
  } finally {
    await rm(folder, { recursive: true });
  }
}
