import type { Clock } from '../async/clock.ts';
import { DeadlineError, untilAborted, withDeadline } from '../async/deadline.ts';
import { exchangeByFetch, mayFetch } from './bun-fetch.ts';
import type { Connection } from './connection.ts';
import { ApiError, type Status, type StatusDetails, UnreachableError } from './errors.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import type { HttpsClient } from './https-client.ts';
import type { Action } from './resource.ts';
import { shorten } from './shorten.ts';

/** Time limit of a request, in milliseconds. With it, a half-open connection leaves time for another attempt. */
export const REQUEST_LIMIT_MS = 10_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** What the request does, to explain its failure. */
  readonly action?: Action;
}

/**
 * Sends requests to one API server. Each method throws ApiError, UnreachableError or UntrustedError. If its signal is
 * aborted, the method throws the signal's reason. If this reason is a DeadlineError, the method throws an UnreachableError
 * instead.
 */
export interface Transport {
  /** Resolves to the answer's JSON. */
  send(request: ApiRequest, signal: AbortSignal): Promise<unknown>;
  /**
   * Passes on each line of an answer as it arrives, and resolves when the server ends the answer. If nothing arrives for
   * `idleMs` milliseconds, the connection counts as dead. `onOpen` is called when the answer begins.
   */
  readLines(
    request: ApiRequest,
    idleMs: number,
    onLine: (line: string) => void,
    signal: AbortSignal,
    onOpen?: () => void,
  ): Promise<void>;
  close(): void;
}

/**
 * HTTPS over connections that are kept alive. Only the connection's CA is trusted. No variable changes that, and no proxy
 * variable is obeyed: in-cluster traffic must not leave the cluster.
 *
 * @param connect called before each request, because tokens are rotated
 */
export function createTransport(
  connect: () => Connection | Promise<Connection>,
  userAgent: string,
  clock: Clock,
): Transport {
  let client: Promise<HttpsClient> | undefined;
  const https = () => {
    client ??= import('./https-client.ts').then(({ createHttpsClient }) => createHttpsClient());
    return client;
  };
  return {
    send: (apiRequest, parent) =>
      limited(clock, apiRequest, parent, async (progress, signal) => {
        const request = httpRequest(await connected(connect, signal), userAgent, apiRequest);
        progress.name = request.name;
        const answer = mayFetch(request.connection, process)
          ? await exchangeByFetch(request, signal)
          : await (await https()).exchange(request, signal);
        throwUnlessOk(request, apiRequest, answer);
        return parsed(request, answer);
      }),
    readLines: (apiRequest, idleMs, onLine, parent, onOpen) =>
      limited(clock, apiRequest, parent, async (progress, signal, renew) => {
        const request = httpRequest(await connected(connect, signal), userAgent, apiRequest);
        progress.name = request.name;
        let isOpen = false;
        const onData = () => {
          renew(idleMs);
          if (!isOpen) {
            isOpen = true;
            onOpen?.();
          }
        };
        const answer = await (await https()).readLines(request, onData, onLine, signal);
        if (answer === undefined) {
          return;
        }
        throwUnlessOk(request, apiRequest, answer);
        throw new UnreachableError(`${request.name}: the answer is not a stream`);
      }),
    close: () => void client?.then((opened) => opened.close()),
  };
}

/** The state of a request, for the message of its failure. */
interface Progress {
  /** Undefined until `connect` has returned a connection. */
  name: string | undefined;
}

/** Sends a request within its time limit. @throws UnreachableError when its own time limit, or the parent's, is over */
async function limited<T>(
  clock: Clock,
  { method, path }: ApiRequest,
  parent: AbortSignal,
  work: (progress: Progress, signal: AbortSignal, renew: (limitMs: number) => void) => Promise<T>,
): Promise<T> {
  if (parent.aborted && parent.reason instanceof DeadlineError) {
    throw new UnreachableError('the API server did not answer before the time limit');
  }
  const progress: Progress = { name: undefined };
  const start = clock.now();
  try {
    return await withDeadline(clock, REQUEST_LIMIT_MS, parent, (signal, renew) =>
      work(progress, signal, renew),
    );
  } catch (error) {
    if (!(error instanceof DeadlineError)) {
      throw error;
    }
    // The time that the request had: its own limit, or less if the parent's limit came first. A late timer must not make it longer.
    const seconds = Math.min(Math.round((clock.now() - start) / 100) * 100, error.limitMs) / 1000;
    throw new UnreachableError(
      progress.name === undefined
        ? `${method} ${path}: the kubeconfig gave no credential within ${seconds} s`
        : `${progress.name}: no answer within ${seconds} s`,
    );
  }
}

/** Stops waiting when the signal is aborted, because an exec plug-in may hang. */
async function connected(
  connect: () => Connection | Promise<Connection>,
  signal: AbortSignal,
): Promise<Connection> {
  const connection = connect();
  return connection instanceof Promise ? untilAborted(signal, connection) : connection;
}

function httpRequest(connection: Connection, userAgent: string, apiRequest: ApiRequest): HttpRequest {
  const { method, path, contentType, body } = apiRequest;
  return {
    name: `${method} ${connection.url}${path}`,
    connection,
    method,
    path,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': userAgent,
      ...(contentType && { 'content-type': contentType }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

function throwUnlessOk(
  { name, connection }: HttpRequest,
  { action }: ApiRequest,
  { statusCode, text, retryAfter }: HttpAnswer,
): void {
  if (statusCode >= 200 && statusCode <= 299) {
    return;
  }
  if (statusCode === 401) {
    connection.onUnauthorized?.();
  }
  throw new ApiError({ name, action }, statusCode, parseStatus(text), retryAfterMs(retryAfter));
}

function parsed({ name }: HttpRequest, { text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreachableError(`${name}: the answer is not JSON`);
  }
}

const NO_STATUS: Status = { reason: undefined, message: '', details: undefined };

function parseStatus(text: string): Status {
  try {
    return statusOf(JSON.parse(text));
  } catch {
    // The answer is not from an API server. The page of a load balancer is not worth repeating.
    return NO_STATUS;
  }
}

/** The Status in an answer, or in an event of a watch. Its message is shortened, and has no control characters. */
export function statusOf(answer: unknown): Status {
  if (typeof answer !== 'object' || answer === null) {
    return NO_STATUS;
  }
  const { reason, message, details } = answer as Record<string, unknown>;
  return {
    reason: typeof reason === 'string' ? reason : undefined,
    message: typeof message === 'string' ? shorten(message, 1000) : '',
    details: typeof details === 'object' && details !== null ? (details as StatusDetails) : undefined,
  };
}

/** The header has seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) {
    return 0;
  }
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : 0;
}
