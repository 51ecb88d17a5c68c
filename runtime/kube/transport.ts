import { ApiError } from './api-error.ts';
import { exchangeByFetch, mayFetch } from './bun-fetch.ts';
import type { Connection } from './connection.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import type { HttpsClient } from './https-client.ts';
import { shorten } from './shorten.ts';
import { UnreachableError } from './unreachable-error.ts';
import { within } from './within.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** The attempt is given up after so many milliseconds, wherever it hangs. */
  readonly timeoutMs: number;
}

/** Sends requests to one API server. Each of them throws ApiError, UnreachableError or UntrustedError. */
export interface Transport {
  /** Resolves to the answer's JSON. */
  send(request: ApiRequest): Promise<unknown>;
  /**
   * Hands on an answer line by line as it arrives, and resolves when the server ends it. When nothing arrives for
   * `idleMs` milliseconds the connection is taken for dead.
   */
  readLines(request: ApiRequest, idleMs: number, onLine: (line: string) => void): Promise<void>;
  close(): void;
}

/**
 * HTTPS over kept-alive connections. The connection's CA is the only one trusted, whatever the environment says, and
 * no proxy variable is obeyed: in-cluster traffic must not leave the cluster.
 *
 * @param connect asked before each request, since tokens are rotated
 */
export function createTransport(
  connect: () => Connection | Promise<Connection>,
  userAgent: string,
): Transport {
  let client: Promise<HttpsClient> | undefined;
  const https = () => {
    client ??= import('./https-client.ts').then(({ createHttpsClient }) => createHttpsClient());
    return client;
  };
  const prepare = async (apiRequest: ApiRequest) =>
    httpRequest(await connected(connect, apiRequest), userAgent, apiRequest);
  return {
    send: async (apiRequest) => {
      const request = await prepare(apiRequest);
      const answer = mayFetch(request.connection, process)
        ? await exchangeByFetch(request)
        : await (await https()).exchange(request);
      throwUnlessOk(request, answer);
      return parsed(request, answer);
    },
    readLines: async (apiRequest, idleMs, onLine) => {
      const request = await prepare(apiRequest);
      const answer = await (await https()).readLines(request, idleMs, onLine);
      if (answer === undefined) {
        return;
      }
      throwUnlessOk(request, answer);
      throw new UnreachableError(`${request.name}: the answer is not a stream`);
    },
    close: () => void client?.then((opened) => opened.close()),
  };
}

/** An exec plug-in may hang as well. */
async function connected(
  connect: () => Connection | Promise<Connection>,
  { timeoutMs }: ApiRequest,
): Promise<Connection> {
  const connection = connect();
  if (!(connection instanceof Promise)) {
    return connection;
  }
  return within(timeoutMs, connection, 'the kubeconfig gave no credential');
}

function httpRequest(connection: Connection, userAgent: string, apiRequest: ApiRequest): HttpRequest {
  const { method, path, contentType, body, timeoutMs } = apiRequest;
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
    timeoutMs,
  };
}

function throwUnlessOk({ name, connection }: HttpRequest, { status, text, retryAfter }: HttpAnswer): void {
  if (status >= 200 && status <= 299) {
    return;
  }
  if (status === 401) {
    connection.onUnauthorized?.();
  }
  throw new ApiError(name, status, statusMessage(text), retryAfterMs(retryAfter));
}

function parsed({ name }: HttpRequest, { text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreachableError(`${name}: the answer is not JSON`);
  }
}

function statusMessage(text: string): string {
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return shorten(String(status.message), 1000);
    }
  } catch {
    // Not from an API server; a load balancer's page says nothing worth repeating.
  }
  return '';
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) {
    return 0;
  }
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : 0;
}
