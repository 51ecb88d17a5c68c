import { ApiError, CredentialsError, ProxyUrlError, UnreachableError, UntrustedError } from './errors.ts';

/** A failure in words for people. A program may have a better hint, with its own flags. */
export interface Explanation {
  /** The name of the exit code (runtime/cli/exit-code.ts). */
  readonly kind: 'credentials' | 'denied' | 'absent' | 'unreachable' | 'refused';
  readonly message: string;
  readonly hint: string;
}

/** Explains the errors of requests and credentials. Undefined for any other error. */
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
      hint: `Check that the CA belongs to the cluster at ${error.server}.`,
    };
  }
  if (error instanceof ProxyUrlError) {
    return {
      kind: 'unreachable',
      message: error.message,
      hint: 'Correct proxy-url of this cluster in the kubeconfig: other readers of this kubeconfig cannot reach the cluster either.',
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
        hint: 'Renew the credential: it has expired, was revoked, or belongs to another cluster.',
      };
    case 403:
      return {
        kind: 'denied',
        message,
        hint: 'Check the rights of the credential. If they are complete, a policy or an admission webhook of the cluster refuses the request.',
      };
    case 404:
      return {
        kind: 'absent',
        message: status.message || message,
        hint: 'Create the object, or correct its name.',
      };
    case 409:
      return {
        kind: 'unreachable',
        message,
        hint: 'Find out who else keeps writing the object, or allow more time.',
      };
    default:
      return retryWhen === 'transient' || code < 400
        ? {
            kind: 'unreachable',
            message,
            hint: 'Read the log of the API server: the API server kept failing, or something else answered in its place.',
          }
        : {
            kind: 'refused',
            message,
            hint: 'Follow the message of the API server: it refused the request, and nothing was changed.',
          };
  }
}
