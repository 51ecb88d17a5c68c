/** What the pod should have been given to talk to its API server is missing or unusable. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}
