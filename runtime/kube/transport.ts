import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { shorten } from './shorten.ts';
import { UnreachableError } from './unreachable-error.ts';
import { UntrustedError } from './untrusted-error.ts';

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
 * no proxy variable is obeyed: in-cluster traffic must not leave the cluster (node:https knows none).
 *
 * @param connect asked before each request, since tokens are rotated
 */
export function createTransport(
  connect: () => Connection | Promise<Connection>,
  userAgent: string,
): Transport {
  const agent = new Agent({ keepAlive: true });
  const exchange = async <T>(apiRequest: ApiRequest, read: (answer: Answer) => Promise<T>) => {
    const connection = await connected(connect, apiRequest);
    try {
      return await exchangeOver(connection, agent, userAgent, apiRequest, read);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) connection.onUnauthorized?.();
      throw error;
    }
  };
  return {
    send: (apiRequest) => exchange(apiRequest, readJson),
    readLines: (apiRequest, idleMs, onLine) =>
      exchange(apiRequest, (answer) => readLines(answer, idleMs, onLine)),
    close: () => agent.destroy(),
  };
}

/** An exec plug-in may hang as well. */
async function connected(
  connect: () => Connection | Promise<Connection>,
  { timeoutMs }: ApiRequest,
): Promise<Connection> {
  const connection = connect();
  if (!(connection instanceof Promise)) return connection;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const message = `the kubeconfig gave no credential within ${timeoutMs / 1000} s`;
    timer = setTimeout(() => reject(new UnreachableError(message)), timeoutMs);
  });
  return Promise.race([connection, tooLate]).finally(() => clearTimeout(timer));
}

/** What arrived so far of an answer. */
interface Answer {
  /** Of the request, for messages. */
  readonly name: string;
  readonly incoming: IncomingMessage;
  /** Gives the rest so many milliseconds from now. */
  extend(ms: number): void;
}

function exchangeOver<T>(
  connection: Connection,
  agent: Agent,
  userAgent: string,
  apiRequest: ApiRequest,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  const { method, path, timeoutMs } = apiRequest;
  const name = `${method} ${connection.url}${path}`;
  const body = apiRequest.body === undefined ? undefined : JSON.stringify(apiRequest.body);
  const { headers: own, ...options } = connection.options;
  const headers: Record<string, string | number> = {
    ...(own as Record<string, string>),
    accept: 'application/json',
    'user-agent': userAgent,
    ...(body !== undefined && {
      'content-type': apiRequest.contentType ?? 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      ...options,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
      rejectUnauthorized: true,
      method,
      path: connection.basePath + path,
    });
    // Not among the options: with NODE_DEBUG=http, Node prints those, token and all.
    for (const [header, value] of Object.entries(headers)) outgoing.setHeader(header, value);
    // A timer of our own: the `timeout` option does not cover a stalled TLS handshake on every engine.
    const giveUpAfter = (ms: number) =>
      setTimeout(() => fail(new UnreachableError(`${name}: no answer within ${ms / 1000} s`)), ms);
    let timer = giveUpAfter(timeoutMs);
    const extend = (ms: number) => {
      clearTimeout(timer);
      timer = giveUpAfter(ms);
    };
    const fail = (error: Error) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(error);
    };
    outgoing.on('error', (error) => fail(connectionError(name, error)));
    outgoing.on('response', (incoming) => {
      read({ name, incoming, extend }).then((value) => {
        clearTimeout(timer);
        resolve(value);
      }, fail);
    });
    outgoing.end(body);
  });
}

async function readJson(answer: Answer): Promise<unknown> {
  const text = await readText(answer);
  throwUnlessOk(answer, text);
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreachableError(`${answer.name}: the answer is not JSON`);
  }
}

async function readText(answer: Answer): Promise<string> {
  const chunks: Buffer[] = [];
  await readChunks(answer, (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function readLines(answer: Answer, idleMs: number, onLine: (line: string) => void): Promise<void> {
  if (answer.incoming.statusCode !== 200) {
    throwUnlessOk(answer, await readText(answer));
    throw new UnreachableError(`${answer.name}: the answer is not a stream`);
  }
  answer.extend(idleMs);
  const decoder = new TextDecoder();
  let rest = '';
  await readChunks(answer, (chunk) => {
    answer.extend(idleMs);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

/** Not an async iteration: of an answer that breaks off, the engines tell in different ways. */
function readChunks({ name, incoming }: Answer, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        reject(error);
      }
    });
    incoming.on('error', (error) => reject(connectionError(name, error)));
    incoming.on('close', () => {
      if (!incoming.complete) reject(new UnreachableError(`${name}: the answer broke off`));
    });
    incoming.on('end', resolve);
  });
}

function throwUnlessOk({ name, incoming }: Answer, text: string): void {
  const { statusCode = 0, headers } = incoming;
  if (statusCode >= 200 && statusCode <= 299) return;
  throw new ApiError(name, statusCode, statusMessage(text), retryAfterMs(headers['retry-after']));
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
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : 0;
}

/** Codes of a certificate that is not the one we must insist on; everything else may pass with time. */
const UNTRUSTED = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/;

function connectionError(name: string, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNTRUSTED.test(code)
    ? new UntrustedError(`${name}: the server's certificate is not one that the CA vouches for (${code})`)
    : new UnreachableError(`${name}: ${code === '' ? error.message : code}`);
}
