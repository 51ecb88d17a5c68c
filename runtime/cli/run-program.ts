import { writeSync } from 'node:fs';
import { type Clock, systemClock } from '../async/clock.ts';
import type { Command } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { bugFailure, Failure } from './failure.ts';
import { createLog, type Log } from './log.ts';
import {
  type CommandLine,
  checkCommandLine,
  peekAtFlag,
  type SplitCommandLine,
  splitCommandLine,
} from './parse-command-line.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { Termination } from './termination-error.ts';
import { writeTerminationMessage } from './termination-message.ts';

/** A program: its command line, and a function. */
export interface Program<Options> {
  readonly command: Command;
  readonly version: string;
  /** What the command line asks for. @throws Failure (exit code 2) */
  readonly readOptions: (commandLine: CommandLine) => Options;
  /** Whether the program runs until a signal ends it. If so, an end by a signal is a success. @default - it ends by itself */
  readonly isService?: (options: Options) => boolean;
  /**
   * Does the work. After the signal is aborted, no new step begins. The signal's reason is then a Termination.
   *
   * @throws Failure; any other error is a bug
   */
  readonly run: (options: Options, dependencies: Dependencies, signal: AbortSignal) => Promise<ExitCode>;
}

/** The process around a program. */
export interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** To stderr. */
  readonly log: Log;
  /** Every secret must be added to it. All logs, output and termination messages go through it. */
  readonly redactor: Redactor;
  /** Prints a result on stdout, and ends the line. */
  readonly print: (text: string) => void;
}

/** Milliseconds that a program has after a signal. With this value, the process ends within a second. */
const GRACE_MS = 800;

/**
 * The life of a process, from its arguments to its exit code. `--help`, `--version` and `completion` are answered here.
 * SIGTERM and SIGINT abort the program's signal. A service then ends with 0, any other program with 143 or 130.
 * A failure is logged. In a container, it is also written as the termination message.
 */
export function runProgram<Options>(program: Program<Options>): void {
  // Not a top-level await: the bundles are CommonJS, which starts faster on both engines.
  void live(program, process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
}

async function live<Options>(program: Program<Options>, args: readonly string[]): Promise<number> {
  const { command } = program;
  const redactor = createRedactor();
  const writeLine = (file: 1 | 2, text: string) => write(file, `${redactor.redact(text)}\n`);
  const split = splitCommandLine(command, args);
  // Errors in the command line are logged in the requested format.
  const format = peekAtFlag(split, 'log-format') === 'json' ? 'json' : 'text';
  const log = createLog(
    command.name,
    format,
    (line) => writeLine(2, line),
    () => new Date(),
  );
  const print = (text: string) => writeLine(1, text);
  const ending = new AbortController();
  try {
    const dependencies = { env: process.env, clock: systemClock, log, redactor, print };
    const done = answer(program, split, dependencies, ending);
    return await Promise.race([done, uncaughtError(ending.signal)]);
  } catch (error) {
    const failure = error instanceof Failure ? error : bugFailure(error);
    log.error(failure.message, failure.hint, { exitCode: failure.exitCode });
    writeTerminationMessage(process.env, redactor.redact(`${failure.message}\n${failure.hint}\n`));
    return failure.exitCode;
  }
}

/** Synchronous, so that nothing is lost when the process exits. If the reader has closed the pipe, the exit code stays the same. */
function write(file: 1 | 2, text: string): void {
  try {
    writeSync(file, text);
  } catch {
    // EPIPE.
  }
}

/** Does what the command line asks for. The code of the help is loaded only for `--help`. */
async function answer<Options>(
  program: Program<Options>,
  split: SplitCommandLine,
  dependencies: Dependencies,
  ending: AbortController,
): Promise<number> {
  const { print } = dependencies;
  const commandLine = checkCommandLine(split);
  const { kind, command, path, values } = commandLine;
  if (kind === 'help') {
    const { helpText } = await import('./help.ts');
    print(helpText(command, path));
    return ExitCode.ok;
  }
  if (kind === 'version') {
    print(program.version);
    return ExitCode.ok;
  }
  if (command.print !== undefined) {
    print(command.print(program.command, values));
    return ExitCode.ok;
  }
  return runUntilTold(program, program.readOptions(commandLine), dependencies, ending);
}

/**
 * Runs a program until it ends, or until its time after a signal is over. What happens after the signal does not change the
 * exit code, even if it is an error. The handlers are needed because process 1 of a container ignores both signals without them.
 */
async function runUntilTold<Options>(
  program: Program<Options>,
  options: Options,
  dependencies: Dependencies,
  ending: AbortController,
): Promise<number> {
  const { signal } = ending;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => ending.abort(new Termination(name)));
  }
  const graceOver = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => dependencies.clock.after(GRACE_MS, () => resolve(undefined)));
  });
  const run = program.run(options, dependencies, signal);
  const exitCode = await Promise.race([run, graceOver]).catch((error: unknown) => {
    if (!signal.aborted) {
      throw error;
    }
  });
  if (exitCode !== undefined && !signal.aborted) {
    return exitCode;
  }
  return program.isService?.(options) ? ExitCode.ok : (signal.reason as Termination).exitCode;
}

/**
 * Rejects with an error that nobody caught, unless a signal has ended the program. Without this, the engine would print the
 * error itself, without log format and redaction.
 */
function uncaughtError(ending: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event, (error: unknown) => {
        if (!ending.aborted) {
          reject(bugFailure(error));
        }
      });
    }
  });
}
