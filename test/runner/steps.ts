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
  /** A file that what it says goes to. @default - shown */
  readonly log?: string;
  /** Whether signals go to the command alone, and not to its whole process group. @default false */
  readonly alone?: boolean;
}

interface Outcome {
  readonly name: string;
  readonly succeeded: boolean;
  readonly seconds: number;
}

/**
 * A terminal sends Ctrl-C to npm and to this process alike, and npm passes it on: what comes so soon after it, in
 * milliseconds, is the same one.
 */
const ECHO_MS = 1000;

/** Runs steps, and knows in the end which succeeded. Ctrl-C interrupts those that run, and no other begins. */
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

  /** @returns whether it succeeded; false where nothing is to begin any more */
  async run({ name, command, args, log, alone = false }: Step): Promise<boolean> {
    if (this.isInterrupted) {
      return false;
    }
    const started = performance.now();
    if (log === undefined) {
      process.stdout.write(`\n== ${name}\n`);
    }
    // A process group of its own keeps the terminal's Ctrl-C from it. The signal is sent from here, to the test runner alone, and
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

  /** Runs a project of Vitest, or those of its files whose paths have one of `filters` in them. */
  runTests(project: string, filters: readonly string[], more: Partial<Step> & { reporter?: string } = {}) {
    const { reporter = 'default', ...step } = more;
    const reporters = [`--reporter=${reporter}`, `--reporter=${REPORTER}`];
    const some = filters.length > 0 ? ['--passWithNoTests', ...filters] : [];
    const args = [VITEST, 'run', `--project=${project}`, ...reporters, ...some];
    return this.run({ name: `tests: ${project}`, ...step, alone: true, command: process.execPath, args });
  }

  /** What succeeded and what failed, a line each. */
  summary(): string {
    const lines = this.outcomes.map(
      ({ name, succeeded, seconds }) => `${succeeded ? '✓' : '✗'} ${name.padEnd(20)} ${seconds} s`,
    );
    return `\n${lines.join('\n')}\n${this.isInterrupted ? 'Interrupted: not all was run.\n' : ''}`;
  }

  get isInterrupted(): boolean {
    return this.#interruptedBy !== undefined;
  }

  /** As a shell has it: 128 and the number of the first signal. */
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
        '\nInterrupted. What was found so far is told next; Ctrl-C again ends it at once.\n',
      );
    }
    for (const end of this.#running) {
      end(signal);
    }
  }
}

/** A command that cannot be started has failed, and says why. */
async function hasSucceeded(child: ChildProcess): Promise<boolean> {
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return exitCode === 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return false;
  }
}
