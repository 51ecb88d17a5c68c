import { ApiError, CredentialsError, ProxyUrlError, UnreachableError, UntrustedError } from './errors.ts';

/** What a failed request means to people. A program may have a better hint, by its own flags. */
export interface Explanation {
  /** The name of the exit code (runtime/cli/exit-code.ts). */
  readonly kind: 'credentials' | 'denied' | 'absent' | 'unreachable' | 'refused';
  readonly message: string;
  readonly hint: string;
}

/** Explains the errors that requests and credentials fail with; undefined for any other error. */
export function explainError(error: unknown): Explanation | undefined {
  if (error instanceof CredentialsError) {
    return { kind: 'credentials', message: error.message, hint: error.hint };
  }
  if (error instanceof ApiError) {
    return explainAnswer(error);
  }
  if (error instanceof UnreachableError) {
    return {
      kind: 'unreachable',
      message: error.message,
      hint: 'Check that the API server runs and that network policies allow the connection.',
    };
  }
  if (error instanceof UntrustedError) {
    return {
      kind: 'unreachable',
      message: error.message,
      hint: `Check that the CA is of the cluster that ${error.server} leads to.`,
    };
  }
  if (error instanceof ProxyUrlError) {
    return {
      kind: 'unreachable',
      message: error.message,
      hint: 'Correct it in the kubeconfig: whoever reads that cannot reach the cluster either.',
    };
  }
  return undefined;
}

function explainAnswer(error: ApiError): Explanation {
  const { message, code, status, retryWhen } = error;
  switch (code) {
    case 401:
      return {
        kind: 'denied',
        message,
        hint: 'The credential has expired, or is of another cluster.',
      };
    case 403:
      return {
        kind: 'denied',
        message,
        hint: 'A right is missing, or a policy or an admission webhook of the cluster refuses the request.',
      };
    case 404:
      return {
        kind: 'absent',
        message: status.message || message,
        hint: 'Create it first, or name another.',
      };
    case 409:
      return {
        kind: 'unreachable',
        message,
        hint: 'Find out who else writes the object all the time, or give more time.',
      };
    default:
      return retryWhen === 'transient' || code < 400
        ? {
            kind: 'unreachable',
            message,
            hint: 'The API server kept failing, or something else answers in its place: see its own logs.',
          }
        : { kind: 'refused', message, hint: 'The API server does not take that; nothing was changed.' };
  }
}
