import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endWithNpm } from './end-with-npm.ts';

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const REPORTER = join(import.meta.dirname, 'reporter.ts');

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The file for its output. @default - the output is shown */
  readonly log?: string;
  /** Whether signals go only to the command, not to its whole process group. @default false */
  readonly alone?: boolean;
}

interface Outcome {
  readonly name: string;
  readonly succeeded: boolean;
  readonly seconds: number;
}

/**
 * A terminal sends Ctrl-C to npm and to this process, and npm passes it on. So a second signal within these
 * milliseconds is the same Ctrl-C.
 */
const ECHO_MS = 1000;

/** Runs steps, and records which succeeded. Ctrl-C interrupts the running steps, and no further step begins. */
export class Steps {
  readonly outcomes: Outcome[] = [];
  readonly #running = new Set<(signal: NodeJS.Signals) => void>();
  #interruptedBy: NodeJS.Signals | undefined;
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor() {
    endWithNpm();
    process.on('SIGINT', () => this.#onCtrlC());
    process.on('SIGTERM', () => this.#interrupt('SIGTERM'));
    process.on('SIGHUP', () => this.#interrupt('SIGTERM'));
  }

  /** @returns whether it succeeded; false after an interruption */
  async run({ name, command, args, log, alone = false }: Step): Promise<boolean> {
    if (this.isInterrupted) {
      return false;
    }
    const started = performance.now();
    if (log === undefined) {
      process.stdout.write(`\n== ${name}\n`);
    }
    // Its own process group keeps the terminal's Ctrl-C away. This process sends the signal to the test runner only,
    // not to the processes of its tests.
    const output = log === undefined ? 'inherit' : openSync(log, 'w');
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', output, output], detached: true });
    const end = (signal: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(alone ? child.pid : -child.pid, signal);
      }
    };
    this.#running.add(end);
    const succeeded = await hasSucceeded(child);
    this.#running.delete(end);
    if (typeof output === 'number') {
      closeSync(output);
    }
    this.outcomes.push({ name, succeeded, seconds: Math.round((performance.now() - started) / 1000) });
    return succeeded;
  }

  /** Runs a project of Vitest. With `filters`, runs only the files whose paths contain one of them. */
  runTests(project: string, filters: readonly string[], more: Partial<Step> & { reporter?: string } = {}) {
    const { reporter = 'default', ...step } = more;
    const reporters = [`--reporter=${reporter}`, `--reporter=${REPORTER}`];
    const some = filters.length > 0 ? ['--passWithNoTests', ...filters] : [];
    const args = [VITEST, 'run', `--project=${project}`, ...reporters, ...some];
    return this.run({ name: `tests: ${project}`, ...step, alone: true, command: process.execPath, args });
  }

  /** The steps that succeeded and the steps that failed, one per line. */
  summary(): string {
    const lines = this.outcomes.map(
      ({ name, succeeded, seconds }) => `${succeeded ? '✓' : '✗'} ${name.padEnd(20)} ${seconds} s`,
    );
    return `\n${lines.join('\n')}\n${this.isInterrupted ? 'Interrupted: not all steps were run.\n' : ''}`;
  }

  get isInterrupted(): boolean {
    return this.#interruptedBy !== undefined;
  }

  /** After an interruption it is 128 plus the number of the first signal, as in a shell. */
  get exitCode(): number {
    if (this.#interruptedBy !== undefined) {
      return this.#interruptedBy === 'SIGINT' ? 130 : 143;
    }
    return this.outcomes.every(({ succeeded }) => succeeded) ? 0 : 1;
  }

  #onCtrlC(): void {
    const now = performance.now();
    if (!this.isInterrupted) {
      this.#interruptedAt = now;
      this.#interrupt('SIGINT');
    } else if (now - this.#interruptedAt > ECHO_MS) {
      this.#interrupt('SIGTERM');
    }
  }

  #interrupt(signal: NodeJS.Signals): void {
    this.#interruptedBy ??= signal;
    if (signal === 'SIGINT') {
      process.stderr.write(
        '\nInterrupted. A summary of the results so far follows. Press Ctrl-C again to end at once.\n',
      );
    }
    for (const end of this.#running) {
      end(signal);
    }
  }
}

/** A command that cannot be started has failed. Its reason is printed. */
async function hasSucceeded(child: ChildProcess): Promise<boolean> {
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return exitCode === 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return false;
  }
}
