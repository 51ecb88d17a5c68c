import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { connectionError, type HttpAnswer, type HttpRequest, timeoutError } from './http.ts';
import { UnreachableError } from './unreachable-error.ts';

/** Requests by node:https, which knows no proxy variable. */
export interface HttpsClient {
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Hands on an answer line by line as it arrives, and resolves when the server ends it. When nothing arrives for
   * `idleMs` milliseconds the connection is taken for dead. Any answer but 200 it resolves to, whole.
   */
  readLines(
    request: HttpRequest,
    idleMs: number,
    onLine: (line: string) => void,
  ): Promise<HttpAnswer | undefined>;
  close(): void;
}

/** Connections are kept alive. */
export function createHttpsClient(): HttpsClient {
  const agent = new Agent({ keepAlive: true });
  return {
    exchange: (httpRequest) => exchange(agent, httpRequest, readAnswer),
    readLines: (httpRequest, idleMs, onLine) =>
      exchange(agent, httpRequest, async (arriving) => {
        if (arriving.incoming.statusCode !== 200) {
          return readAnswer(arriving);
        }
        await readLines(arriving, idleMs, onLine);
        return undefined;
      }),
    close: () => agent.destroy(),
  };
}

/** What arrived so far of an answer. */
interface Arriving {
  /** Of the request, for messages. */
  readonly name: string;
  readonly incoming: IncomingMessage;
  /** Gives the rest so many milliseconds from now. */
  extend(ms: number): void;
}

function exchange<T>(
  agent: Agent,
  { name, connection, method, path, headers, body, timeoutMs }: HttpRequest,
  read: (arriving: Arriving) => Promise<T>,
): Promise<T> {
  const { headers: ofConnection, ...options } = connection.options;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      // An IP address is no server name (RFC 6066, section 3).
      servername: options.host && isIP(options.host) === 0 ? options.host : '',
      ...options,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
      rejectUnauthorized: true,
      method,
      path: connection.basePath + path,
    });
    // Not among the options: with NODE_DEBUG=http, Node prints those, token and all.
    const all = { ...(ofConnection as Record<string, string>), ...headers };
    for (const [header, value] of Object.entries(all)) {
      outgoing.setHeader(header, value);
    }
    if (body !== undefined) {
      outgoing.setHeader('content-length', Buffer.byteLength(body));
    }
    // A timer of our own: the `timeout` option does not cover a stalled TLS handshake on every engine.
    const giveUpAfter = (ms: number) => setTimeout(() => fail(timeoutError(name, ms)), ms);
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

async function readAnswer(arriving: Arriving): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  await readChunks(arriving, (chunk) => void chunks.push(chunk));
  const { statusCode = 0, headers } = arriving.incoming;
  return {
    status: statusCode,
    retryAfter: headers['retry-after'],
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

async function readLines(arriving: Arriving, idleMs: number, onLine: (line: string) => void): Promise<void> {
  arriving.extend(idleMs);
  const decoder = new TextDecoder();
  let rest = '';
  await readChunks(arriving, (chunk) => {
    arriving.extend(idleMs);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
    }
  });
}

/** Not an async iteration: of an answer that breaks off, the engines tell in different ways. */
function readChunks({ name, incoming }: Arriving, onChunk: (chunk: Buffer) => void): Promise<void> {
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
      if (!incoming.complete) {
        reject(new UnreachableError(`${name}: the answer broke off`));
      }
    });
    incoming.on('end', resolve);
  });
}
