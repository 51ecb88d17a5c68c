import type { Action } from './resource.ts';

/**
 * When a failed request is worth another attempt:
 * - `never`: the same request fails again;
 * - `conflict`: read the object again first, since somebody wrote in between;
 * - `transient`: in a moment, since the fault may pass;
 * - `created`: once an object or a right exists that somebody may be about to create.
 */
export type RetryWhen = 'never' | 'conflict' | 'transient' | 'created';

/** A request to an API server failed. */
export abstract class KubeError extends Error {
  abstract readonly retryWhen: RetryWhen;
  /** Milliseconds that the server asks to wait before the next attempt. */
  readonly retryAfterMs: number = 0;
}

/** What the API server says about a failure, in its Status object; all of it may be missing. */
export interface Status {
  /** For programs, as in `Forbidden` or `Expired`. */
  readonly reason: string | undefined;
  /** For people. */
  readonly message: string;
  readonly details: StatusDetails | undefined;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface StatusDetails {
  /** Resource of the object that the failure is about, as in `configmaps`. */
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

/** The API server answered with a failure. Of the answer it keeps the Status alone: the rest can hold credentials. */
export class ApiError extends KubeError {
  override readonly name = 'ApiError';
  override readonly retryAfterMs: number;
  readonly request: FailedRequest;
  /** The HTTP status code. */
  readonly code: number;
  readonly status: Status;

  /** @param retryAfterMs of the HTTP header; the Status' own counts where it is longer */
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

/** The request got no answer, or none that is whole: refused, reset, unresolved, too slow. */
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

/** A kubeconfig names something as the proxy of a cluster that is none. Its URL is not repeated: it can have a password. */
export class ProxyUrlError extends KubeError {
  override readonly name = 'ProxyUrlError';
  override readonly retryWhen = 'never';

  /** @param server URL of the cluster */
  constructor(server: string) {
    super(`the "proxy-url" of the cluster at ${server} is not a URL of http, https or socks5`);
  }
}

/** What is wrong with credentials; a program that has a flag for it names that flag in its hint. */
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

/** What is needed to talk to an API server, or to be written for others, is missing or unusable. */
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
