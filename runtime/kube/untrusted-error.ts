import { KubeError, type RetryWhen } from './kube-error.ts';

/** Whoever answered has a certificate that the CA does not vouch for. */
export class UntrustedError extends KubeError {
  override readonly name = 'UntrustedError';
  override readonly retryWhen: RetryWhen = 'never';
}
