/** What is needed to talk to an API server, or to be written for others, is missing or unusable. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
