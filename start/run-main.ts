import { constants } from 'node:os';
import { CleanUpError } from './cleaning-up.ts';
import { UsageError } from './command-line.ts';

/**
 * Runs a program that cleans up after itself: on Ctrl-C, a closed terminal, or a reader that left, its signal aborts.
 * Sets the exit code: 2 for a wrong command line, 128 + n for signal n, 1 for anything else that went wrong.
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
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = error instanceof UsageError ? 2 : 1;
    }
  }
}
