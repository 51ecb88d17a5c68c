const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

type TerminationSignal = keyof typeof SIGNAL_NUMBERS;

/** Why a program's AbortSignal is aborted: the process was told to end. That is no failure, and nothing to report. */
export class Termination extends Error {
  override readonly name = 'Termination';
  /** As shells have it for a command that a signal ended: 143 for SIGTERM, 130 for SIGINT. */
  readonly exitCode: number;

  constructor(signal: TerminationSignal) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + SIGNAL_NUMBERS[signal];
  }
}
