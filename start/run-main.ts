import { constants } from 'node:os';
import { ExitCode } from '../runtime/cli/exit-code.ts';
import { Failure } from '../runtime/cli/failure.ts';
import { CleanUpError } from './cleaning-up.ts';

/**
 * Runs a program that cleans up after itself. Its signal aborts on Ctrl-C, when the terminal closes, and when the
 * reader of stdout ends. Sets the exit code: the code of a Failure, 128 + n for signal n, or 1 for other errors. It is
 * not runtime/cli/run-program.ts, which ends a program after a second, because cleaning up can take longer.
 */
export async function runMain(
  main: (args: readonly string[], interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  const interruption = new AbortController();
  let interruptedBy: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    interruptedBy ??= signal;
    interruption.abort();
  };
  // The handlers stay, because one Ctrl-C arrives twice: from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, interrupt);
  }
  process.stdout.on('error', () => interrupt('SIGPIPE'));
  try {
    await main(process.argv.slice(2), interruption.signal);
  } catch (error) {
    if (interruptedBy !== undefined) {
      const rest = error instanceof CleanUpError ? error.message : 'everything is cleaned up';
      process.stderr.write(`\nInterrupted; ${rest}.\n`);
      process.exitCode = 128 + constants.signals[interruptedBy];
    } else {
      process.stderr.write(`\n${inWords(error)}\n`);
      process.exitCode = error instanceof Failure ? error.exitCode : ExitCode.bug;
    }
  }
}

function inWords(error: unknown): string {
  if (error instanceof Failure) {
    return `${error.message}\n${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}
