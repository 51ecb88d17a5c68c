import type { Action } from './resource.ts';

/**
 * When a failed request is worth another attempt:
 * - `never`: the same request fails again;
 * - `conflict`: read the object again first, because somebody wrote in between;
 * - `transient`: after a moment, because the fault may pass;
 * - `created`: after somebody has created the missing object or right.
 */
export type RetryWhen = 'never' | 'conflict' | 'transient' | 'created';

/** A request to an API server failed. */
export abstract class KubeError extends Error {
  abstract readonly retryWhen: RetryWhen;
  /** The server asks to wait at least this many milliseconds before the next attempt. */
  readonly retryAfterMs: number = 0;
}

/** How long the server asks to wait after a failure, in milliseconds. 0 if it does not ask, or if it was not the server's failure. */
export function retryAfterMs(failure: unknown): number {
  return failure instanceof KubeError ? failure.retryAfterMs : 0;
}

/** The Status object in which the API server explains a failure. Every field may be missing. */
export interface Status {
  /** For programs, for example `Forbidden` or `Expired`. */
  readonly reason: string | undefined;
  /** For people. */
  readonly message: string;
  readonly details: StatusDetails | undefined;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface StatusDetails {
  /** The resource of the object that caused the failure, for example `configmaps`. */
  readonly kind?: string;
  readonly name?: string;
  readonly group?: string;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  }[];
  readonly retryAfterSeconds?: number;
}

/** The request that failed. */
export interface FailedRequest {
  /** Method and URL, for messages. */
  readonly name: string;
  readonly action: Action | undefined;
}

/** The API server answered with a failure. It keeps only the Status of the answer: the rest can contain credentials. */
export class ApiError extends KubeError {
  override readonly name = 'ApiError';
  override readonly retryAfterMs: number;
  readonly request: FailedRequest;
  /** The HTTP status code. */
  readonly code: number;
  readonly status: Status;

  /** @param retryAfterMs the value of the HTTP header; if the Status has a longer one, that is used */
  constructor(request: FailedRequest, code: number, status: Status, retryAfterMs = 0) {
    super(`${request.name}: ${code}${status.message === '' ? '' : `: ${status.message}`}`);
    this.request = request;
    this.code = code;
    this.status = status;
    const seconds = status.details?.retryAfterSeconds;
    this.retryAfterMs = Math.max(retryAfterMs, typeof seconds === 'number' ? seconds * 1000 : 0);
  }

  override get retryWhen(): RetryWhen {
    switch (this.code) {
      case 409:
        return 'conflict';
      case 403:
      case 404:
        return 'created';
      case 408:
      case 429:
        return 'transient';
      default:
        return this.code >= 500 ? 'transient' : 'never';
    }
  }
}

/** The request got no complete answer: the connection was refused or reset, the host was not resolved, or the answer was too slow. */
export class UnreachableError extends KubeError {
  override readonly name = 'UnreachableError';
  override readonly retryWhen = 'transient';
}

/** The server has a certificate that the CA did not sign. */
export class UntrustedError extends KubeError {
  override readonly name = 'UntrustedError';
  override readonly retryWhen = 'never';
  /** URL of the server. */
  readonly server: string;

  constructor(message: string, server: string) {
    super(message);
    this.server = server;
  }
}

/** The `proxy-url` of a cluster in a kubeconfig is not the URL of a proxy. The message does not repeat the URL, because it can have a password. */
export class ProxyUrlError extends KubeError {
  override readonly name = 'ProxyUrlError';
  override readonly retryWhen = 'never';

  /** @param server URL of the cluster */
  constructor(server: string) {
    super(`the "proxy-url" of the cluster at ${server} is not a URL of http, https or socks5`);
  }
}

/** What is wrong with credentials. From this, a program knows which of its flags to name in its hint. */
export type CredentialsProblem =
  | 'credential file'
  | 'not in a cluster'
  | 'service host'
  | 'service port'
  | 'kubeconfig file'
  | 'kubeconfig context'
  | 'kubeconfig cluster'
  | 'kubeconfig credential'
  | 'token Secret';

/** A token, CA or address that the program must use or write is missing or unusable. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly problem: CredentialsProblem;
  readonly hint: string;

  constructor(problem: CredentialsProblem, message: string, hint: string) {
    super(message);
    this.problem = problem;
    this.hint = hint;
  }
}
