const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

type TerminationSignal = keyof typeof SIGNAL_NUMBERS;

/** The reason of a program's AbortSignal after SIGTERM or SIGINT. It is not a failure, and is not reported. */
export class Termination extends Error {
  override readonly name = 'Termination';
  /** The exit code that shells use for a command that a signal ended: 143 for SIGTERM, 130 for SIGINT. */
  readonly exitCode: number;

  constructor(signal: TerminationSignal) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + SIGNAL_NUMBERS[signal];
  }
}
