import { ExitCode } from './exit-code.ts';

/** Why a program ends without success: what happened, what mends it, and the exit code that says which kind it is. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly mend: string;

  constructor(exitCode: ExitCode, message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.mend = mend;
  }
}

/** The failure for an error that nobody expected. */
export function bugFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(ExitCode.bug, `unexpected error: ${message}`, 'Please report it as a bug.', {
    cause: error,
  });
}
