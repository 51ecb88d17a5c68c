/**
 * The API server answered, and the answer is no. `detail` is the `message` of its Status object
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/): never headers or bodies,
 * which can hold what must not be printed.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly detail: string;

  constructor(request: string, status: number, detail: string) {
    super(`${request}: ${status}${detail === '' ? '' : `: ${detail}`}`);
    this.status = status;
    this.detail = detail;
  }

  get isConflict(): boolean {
    return this.status === 409;
  }

  /** Whether the same request may well succeed a little later. */
  get isTransient(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}
