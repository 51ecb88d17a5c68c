import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode } from '../cli/exit-code.ts';
import { bugFailure, Failure } from '../cli/failure.ts';
import { createLog, type Log } from '../cli/log.ts';
import { writeTerminationMessage } from '../cli/termination-message.ts';
import { readInCluster, SERVICE_ACCOUNT_DIRECTORY } from '../kube/in-cluster.ts';
import { tokenExpiry } from '../kube/token.ts';
import { createTransport } from '../kube/transport.ts';
import packageJson from '../package.json' with { type: 'json' };
import { failureOf } from './failure-of.ts';
import type { Options } from './options.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { type Outcome, run } from './run.ts';
import { ENVIRONMENT, HELP } from './usage.ts';

const stdout = (line: string) => writeLine(1, line);
const stderr = (line: string) => writeLine(2, line);
const logIn = (format: Options['logFormat']) => createLog('multisite-init', format, stderr, () => new Date());

/** Synchronous, so that nothing is lost when the process exits. A reader that left changes nothing of the outcome. */
function writeLine(file: 1 | 2, line: string): void {
  try {
    writeSync(file, `${line}\n`);
  } catch {
    // EPIPE.
  }
}

/** Runs the command line; resolves to the exit code. */
async function main(args: readonly string[]): Promise<ExitCode> {
  let log = logIn('text');
  try {
    const commandLine = parseCommandLine(args);
    if (commandLine.kind === 'help') return print(HELP.trimEnd());
    if (commandLine.kind === 'version') return print(packageJson.version);
    log = logIn(commandLine.options.logFormat);
    return await runProgram(commandLine.options, log);
  } catch (error) {
    return report(error instanceof Failure ? error : bugFailure(error), log);
  }
}

async function runProgram(options: Options, log: Log): Promise<ExitCode> {
  try {
    const directory = process.env[ENVIRONMENT.serviceAccountDirectory] ?? SERVICE_ACCOUNT_DIRECTORY;
    const inCluster = readInCluster(process.env, directory, (path) => readFileSync(path, 'utf8'));
    const transport = createTransport(inCluster, `multisite-init/${packageJson.version}`);
    const outcome = await run(options, {
      inCluster,
      transport,
      log,
      now: () => performance.now(),
      sleep: (ms) => sleep(ms),
      random: Math.random,
    });
    transport.close();
    stdout(result(outcome, options, inCluster.server, tokenExpiry(inCluster.token)));
    return ExitCode.ok;
  } catch (error) {
    throw failureOf(error, options);
  }
}

function result(outcome: Outcome, options: Options, server: string, expiry: Date | undefined): string {
  if (options.logFormat === 'json') {
    const { namespace, configMap, key, location, user } = options;
    return JSON.stringify({
      result: outcome.written ? 'written' : 'nothing to do',
      namespace,
      configMap,
      key,
      location,
      user,
      server,
      tokenExpires: expiry?.toISOString(),
      resourceVersion: outcome.resourceVersion,
    });
  }
  const where = `configmap ${options.namespace}/${options.configMap}, key ${options.key}`;
  const what = `context "${options.location}" (${server}, user "${options.user}"${
    expiry === undefined ? '' : `, token until ${expiry.toISOString()}`
  })`;
  return outcome.written ? `wrote ${what} to ${where}` : `nothing to do: ${what} is in ${where}`;
}

function print(text: string): ExitCode {
  stdout(text);
  return ExitCode.ok;
}

function report(failure: Failure, log: Log): ExitCode {
  log.error(failure.message, failure.mend, { exitCode: failure.exitCode });
  const path = process.env[ENVIRONMENT.terminationMessagePath] ?? '/dev/termination-log';
  writeTerminationMessage(path, `${failure.message}\n${failure.mend}\n`);
  return failure.exitCode;
}

// As process 1 of a container, a program without handlers would ignore both signals.
process.once('SIGTERM', () => process.exit(128 + 15));
process.once('SIGINT', () => process.exit(128 + 2));

// Not a top-level await: the bundles are CommonJS, which starts faster on both engines.
void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
