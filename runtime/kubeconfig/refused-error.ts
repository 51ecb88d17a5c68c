/** The document cannot be changed without risk to what others wrote in it; nothing was changed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** What somebody can do about it. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
