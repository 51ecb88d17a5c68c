import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { followProcess } from '../support/follow-process.ts';

const ROOT = join(import.meta.dirname, '../..');
export const NODE = join(ROOT, 'node_modules/.bin/node');
export const MAIN = join(ROOT, 'start/main.ts');

/** A node's programs and images may have to be built before it says anything. */
const LONGEST_BUILD_MS = 15 * 60_000;

/** npm keeps a cache of compiled code among the temporary files, unless it is told not to. */
const NO_COMPILE_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' };

type Env = Readonly<Record<string, string | undefined>>;

/** Runs start/main.ts. */
export function start(args: readonly string[], env: Env = {}, { detached = false } = {}) {
  return launch(NODE, [MAIN, ...args], env, detached);
}

/** Types `npm start`. */
export function npmStart(args: readonly string[], env: Env = {}) {
  return launch('npm', ['start', '--', ...args], { ...NO_COMPILE_CACHE, ...env });
}

/**
 * Runs a command on a terminal of its own, whose keyboard is `child.stdin`.
 *
 * @param columns what the terminal says of its width
 */
export function onTerminal(command: string, columns: number, env: Env = {}) {
  const line = `stty cols ${columns} rows 24; exec ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--echo', 'never', '--command', line, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, ...NO_COMPILE_CACHE, TERM: 'xterm', FORCE_COLOR: undefined, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return { child, ended: endOf(child) };
}

function launch(command: string, args: readonly string[], env: Env, detached = false) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  return { child, ended: endOf(child) };
}

export async function endOf(child: ChildProcess) {
  const { exitCode, stdout, stderr } = await followProcess(child).ended;
  // No token, redacted or not: every JWT begins so.
  expect(stdout + stderr).not.toContain('eyJ');
  return { exitCode, stdout, stderr };
}

/** Resolves once the process has said something that matches. @throws with what it said, if it ends before */
export async function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  await followProcess(child).said(pattern, LONGEST_BUILD_MS);
}

/** The steps that it says it did, with their marks. */
export const steps = (stdout: string) =>
  [...stdout.matchAll(/^ {2}([✓✗]) (.{15}) /gm)].map(([, mark, name]) => `${mark} ${name?.trim()}`);

/** From the manifests to the registration of the site that they are for. */
export const FIRST_SITE = ['synth', 'apply', 'by hand', 'credentials', 'central'];
/** What all sites together have written, and what it is good for. */
export const PROOF = ['kubeconfig', 'diff', 'identity', 'second run', 'clean up'];

export const done = (...names: string[]) => names.map((name) => `✓ ${name}`);
