import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
export const NODE = join(ROOT, 'node_modules/.bin/node');
export const MAIN = join(ROOT, 'start/main.ts');

type Env = Readonly<Record<string, string>>;

/** Runs start/main.ts. */
export function start(args: readonly string[], env: Env = {}, { detached = false } = {}) {
  return launch(NODE, [MAIN, ...args], env, detached);
}

/** Types `npm start`, which compiles before. */
export function npmStart(args: readonly string[], env: Env = {}) {
  const noCache = { NODE_DISABLE_COMPILE_CACHE: '1' }; // npm keeps one among the temporary files
  return launch('npm', ['start', '--', ...args], { ...noCache, ...env });
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
  if (!child.stdout || !child.stderr) {
    throw new Error('no pipes');
  }
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  // No token, redacted or not: every JWT begins so.
  expect(stdout + stderr).not.toContain('eyJ');
  return { exitCode, stdout, stderr };
}

/** Resolves once the process has written something that matches. */
export async function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  if (!child.stdout) {
    throw new Error('no pipe');
  }
  let seen = '';
  while (!pattern.test(seen)) {
    seen += String(await once(child.stdout, 'data'));
  }
}

/** The steps that it says it did, with their marks. */
export const steps = (stdout: string) =>
  [...stdout.matchAll(/^ {2}([✓✗]) (.{15}) /gm)].map(([, mark, name]) => `${mark} ${name?.trim()}`);
