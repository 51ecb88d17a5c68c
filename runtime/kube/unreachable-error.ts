import { KubeError, type RetryWhen } from './kube-error.ts';

/** The request got no answer, or none that is whole: refused, reset, unresolved, too slow. */
export class UnreachableError extends KubeError {
  override readonly name = 'UnreachableError';
  override readonly retryWhen: RetryWhen = 'transient';
}
