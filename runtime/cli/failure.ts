import { ExitCode } from './exit-code.ts';

/** Why a program ends without success: what happened, a hint with what to do, and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly hint: string;

  constructor(exitCode: ExitCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The failure for an error that nobody expected. */
export function bugFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(ExitCode.bug, `unexpected error: ${message}`, 'Please report it as a bug.', {
    cause: error,
  });
}

/** The failure for a command line or a configuration that is wrong. */
export function usageFailure(message: string, hint: string): Failure {
  return new Failure(ExitCode.usage, message, hint);
}
