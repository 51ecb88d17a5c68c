import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { type EndOfProcess, followProcess } from './follow-process.ts';
import { ENGINES, type Engine } from './multisite-init.ts';

/** The program while it runs. */
export interface Running {
  /** Resolves to the line when it has said something like this. */
  said(pattern: RegExp): Promise<string>;
  /** With SIGKILL, which leaves it no last word; resolves when it is gone. */
  kill(): Promise<unknown>;
  readonly ended: Promise<EndOfProcess>;
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
  const { said, ended } = followProcess(child);
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  onTestFinished(async () => void (await kill()));
  return { said, kill, ended };
}
