import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { ENGINES, type Ended, type Engine } from './multisite-init.ts';

/** The program while it runs. */
export interface Running {
  /** Resolves when it has said something like this on stderr. */
  said(pattern: RegExp): Promise<void>;
  /** With SIGKILL, which leaves it no last word; resolves when it is gone. */
  kill(): Promise<unknown>;
  readonly ended: Promise<Omit<Ended, 'termination'>>;
}

/** Starts it; it ends with the test. */
export function startMultisiteInit(
  engine: Engine,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const [command, ...first] = ENGINES[engine];
  const child = spawn(command, [...first, ...args], {
    env: { ...env, TERMINATION_MESSAGE_PATH: '/dev/null' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    said: async (pattern) => {
      while (!pattern.test(stderr)) {
        await Promise.race([once(child.stderr, 'data'), closed]);
        if (child.exitCode !== null && !pattern.test(stderr)) {
          throw new Error(`${pattern} not in\n${stderr}`);
        }
      }
    },
    kill: () => {
      child.kill('SIGKILL');
      return closed;
    },
    ended: Promise.all([text(child.stdout), closed]).then(([stdout, [exitCode, signal]]) => ({
      exitCode,
      signal,
      stdout,
      stderr,
    })),
  };
}
