/** The document was not changed, because a change could damage what others wrote in it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
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
    'Restore a copy, or repair the document with `kubectl edit`. Do not delete the key: all other sites would be lost.',
  );
}

/** The user entry to write belongs to another context too. */
export class SharedUserError extends RefusedError {
  /** A name that no other context uses. */
  readonly freeName: string;

  constructor(message: string, freeName: string) {
    super(message, `Give this site its own user name, for example "${freeName}".`);
    this.freeName = freeName;
  }
}
