import { constants } from 'node:os';
import { ExitCode } from '../runtime/cli/exit-code.ts';
import { Failure } from '../runtime/cli/failure.ts';
import { CleanUpError } from './cleaning-up.ts';

/**
 * Runs a program that cleans up after itself: on Ctrl-C, a closed terminal, or a reader that left, its signal aborts.
 * Sets the exit code: that of a Failure, 128 + n for signal n, 1 for anything else that went wrong. It is not
 * runtime/cli/run-program.ts, which gives a program a second to end: to clean up takes as long as it takes.
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
  // These stay in place: npm passes on a Ctrl-C that the terminal sent to this process already.
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
