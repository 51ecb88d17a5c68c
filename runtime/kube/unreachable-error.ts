/** The request got no answer, or none that is whole: refused, reset, unresolved, too slow, or not to be trusted. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** False where waiting cannot help: the server's certificate is not one the CA vouches for. */
  readonly isTransient: boolean;

  constructor(message: string, isTransient: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isTransient = isTransient;
  }
}
