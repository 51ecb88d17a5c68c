import { readFileSync, writeSync } from 'node:fs';
import { systemClock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { bugFailure, Failure } from '../../cli/failure.ts';
import { createLog } from '../../cli/log.ts';
import { createRedactor } from '../../cli/redact.ts';
import { writeTerminationMessage } from '../../cli/termination-message.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { createDeps } from './create-deps.ts';
import { explainFailure } from './failure-of.ts';
import type { Options } from './options.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { result } from './result.ts';
import { type Outcome, run } from './run.ts';
import { ENVIRONMENT, HELP } from './usage.ts';

const redactor = createRedactor();
const stdout = (line: string) => writeLine(1, line);
const stderr = (line: string) => writeLine(2, line);
const logIn = (format: Options['logFormat']) => createLog('multisite-init', format, stderr, () => new Date());

/** Synchronous, so that nothing is lost when the process exits. A reader that left changes nothing of the outcome. */
function writeLine(file: 1 | 2, line: string): void {
  try {
    writeSync(file, `${redactor.redact(line)}\n`);
  } catch {
    // EPIPE.
  }
}

let log = logIn('text');

/** Runs the command line; resolves to the exit code. */
async function main(args: readonly string[]): Promise<ExitCode> {
  // What is wrong with the command line is told in the form that it asks for.
  log = logIn(/(^| )--log-format[= ]json( |$)/.test(args.join(' ')) ? 'json' : 'text');
  try {
    const commandLine = parseCommandLine(args);
    if (commandLine.kind === 'help') {
      return print(HELP.trimEnd());
    }
    if (commandLine.kind === 'version') {
      return print(packageJson.version);
    }
    log = logIn(commandLine.options.logFormat);
    return await runProgram(commandLine.options);
  } catch (error) {
    return report(error instanceof Failure ? error : bugFailure(error));
  }
}

async function runProgram(options: Options): Promise<ExitCode> {
  endOnSignals(options);
  const { signal } = new AbortController();
  const deps = createDeps(options, {
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    log,
    clock: systemClock,
    userAgent: `multisite-init/${packageJson.version}`,
    addSecret: redactor.learn,
  });
  try {
    if (options.targetCluster && !options.server) {
      log.info(
        `writing ${deps.server().url}, the address within this cluster: readers elsewhere need --server and --ca-file`,
      );
    }
    if (options.watch) {
      const { startRefreshing } = await import('./refresh.ts');
      return await startRefreshing(
        options,
        options.watch.port,
        deps,
        redactor.redact,
        (outcome) => stdout(result(outcome, options)),
        signal,
      );
    }
    await show(await run(options, deps, signal), options);
    return ExitCode.ok;
  } catch (error) {
    throw error instanceof Failure ? error : await explainFailure(error, options, deps, signal);
  }
}

async function show(outcome: Outcome, options: Options): Promise<void> {
  if (outcome.planned === undefined) {
    stdout(result(outcome, options));
    return;
  }
  const { isatty } = await import('node:tty');
  const { showPlan } = await import('./show-plan.ts');
  // Not process.stdout.isTTY: to look at that stream makes a pipe one that takes no more than it has room for.
  const colours = isatty(1) && !process.env.NO_COLOR;
  stdout(showPlan(outcome, outcome.planned, options, colours));
}

function print(text: string): ExitCode {
  stdout(text);
  return ExitCode.ok;
}

function report(failure: Failure): ExitCode {
  log.error(failure.message, failure.hint, { exitCode: failure.exitCode });
  const path = process.env[ENVIRONMENT.terminationMessagePath] ?? '/dev/termination-log';
  writeTerminationMessage(path, redactor.redact(`${failure.message}\n${failure.hint}\n`));
  return failure.exitCode;
}

/**
 * As process 1 of a container, a program without handlers would ignore both signals. Nothing has to be finished: a
 * write is done whole or not at all. To be ended is how a refresher ends well; other runs were not done.
 */
function endOnSignals({ watch }: Options): void {
  process.once('SIGTERM', () => process.exit(watch ? ExitCode.ok : 128 + 15));
  process.once('SIGINT', () => process.exit(watch ? ExitCode.ok : 128 + 2));
}

// An engine's own words about it would pass by log, redaction and termination message.
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => process.exit(report(bugFailure(error))));
}
// Not a top-level await: the bundles are CommonJS, which starts faster on both engines.
void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
