import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
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
  isInterrupted = false;
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
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', log === undefined ? 'inherit' : 'pipe', log === undefined ? 'inherit' : 'pipe'],
      detached: true,
    });
    if (log !== undefined) {
      const file = createWriteStream(log);
      child.stdout?.pipe(file, { end: false });
      child.stderr?.pipe(file, { end: false });
    }
    const end = (signal: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(alone ? child.pid : -child.pid, signal);
      }
    };
    this.#running.add(end);
    const [exitCode] = (await once(child, 'close')) as [number | null];
    this.#running.delete(end);
    const succeeded = exitCode === 0;
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

  get exitCode(): number {
    return this.isInterrupted ? 130 : this.outcomes.every(({ succeeded }) => succeeded) ? 0 : 1;
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
    this.isInterrupted = true;
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
