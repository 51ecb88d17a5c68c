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

/** The document is not one well-formed kubeconfig. */
export function malformed(why: string): RefusedError {
  return new RefusedError(
    `the existing document is malformed: ${why}`,
    'Put back a copy, or repair it with `kubectl edit`. Without the key the program starts anew, and the other sites are lost.',
  );
}

/** The user entry that would be written belongs to another context too. */
export class SharedUserError extends RefusedError {
  /** A name that no other context uses. */
  readonly freeName: string;

  constructor(message: string, freeName: string) {
    super(message, `Give this site a user of its own, as in "${freeName}".`);
    this.freeName = freeName;
  }
}
