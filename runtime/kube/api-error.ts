import { KubeError, type RetryWhen } from './kube-error.ts';

/**
 * The API server answered, and the answer is no. `detail` is the `message` of its Status object
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/): never headers or bodies,
 * which can hold what must not be printed.
 */
export class ApiError extends KubeError {
  override readonly name = 'ApiError';
  override readonly retryAfterMs: number;
  readonly status: number;
  readonly detail: string;

  constructor(request: string, status: number, detail: string, retryAfterMs = 0) {
    super(`${request}: ${status}${detail === '' ? '' : `: ${detail}`}`);
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  override get retryWhen(): RetryWhen {
    if (this.status === 409) {
      return 'conflict';
    }
    if (this.status === 408 || this.status === 429 || this.status >= 500) {
      return 'transient';
    }
    return this.status === 403 || this.status === 404 ? 'created' : 'never';
  }
}
