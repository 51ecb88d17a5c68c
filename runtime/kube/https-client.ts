import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { UnreachableError } from './errors.ts';
import { connectionError, type HttpAnswer, type HttpRequest } from './http.ts';
import { type Ca, Trust, trustAsGo } from './trust.ts';

/** Requests by node:https, which obeys no proxy variable. Each method throws the signal's reason, or what went wrong. */
export interface HttpsClient {
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /**
   * Passes on each line of an answer as it arrives, and resolves when the server ends the answer. If the code is not 200, the
   * lines are not passed on, and the promise resolves to the whole answer.
   *
   * @param onData called when the answer begins, and when a part of it arrived
   */
  readLines(
    request: HttpRequest,
    onData: () => void,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<HttpAnswer | undefined>;
  close(): void;
}

/** Connections are kept alive. */
export function createHttpsClient(): HttpsClient {
  const agent = new Agent({ keepAlive: true });
  const trust = new Trust();
  const exchangeTrusting = <T>(
    httpRequest: HttpRequest,
    signal: AbortSignal,
    read: (incoming: IncomingMessage) => Promise<T>,
  ) => trust.use(httpRequest.connection.options.ca, (ca) => exchange(agent, httpRequest, ca, signal, read));
  return {
    exchange: (httpRequest, signal) =>
      exchangeTrusting(httpRequest, signal, (incoming) => readAnswer(httpRequest, incoming)),
    readLines: (httpRequest, onData, onLine, signal) =>
      exchangeTrusting(httpRequest, signal, async (incoming) => {
        if (incoming.statusCode !== 200) {
          return readAnswer(httpRequest, incoming);
        }
        onData();
        await readLines(httpRequest, incoming, onData, onLine);
        return undefined;
      }),
    close: () => agent.destroy(),
  };
}

function exchange<T>(
  agent: Agent,
  httpRequest: HttpRequest,
  ca: Ca,
  signal: AbortSignal,
  read: (incoming: IncomingMessage) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { connection, method, path, headers, body } = httpRequest;
  const { headers: ofConnection, ...options } = connection.options;
  const host = options.host ?? '';
  return new Promise<T>((resolve, reject) => {
    const outgoing = request({
      agent,
      ...options,
      ca,
      ...trustAsGo(options.agent ? undefined : host, options.servername || host),
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch off the check of certificates.
      rejectUnauthorized: true,
      method,
      path: connection.basePath + path,
    });
    // The `signal` option is not used, because it does not end a stalled TLS handshake on every engine.
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort);
    const settle = () => signal.removeEventListener('abort', abort);
    const fail = (error: Error) => {
      settle();
      outgoing.destroy();
      reject(error);
    };
    outgoing.on('error', (error) => fail(connectionError(httpRequest, error)));
    outgoing.on('response', (incoming) => {
      read(incoming).then((value) => {
        settle();
        resolve(value);
      }, fail);
    });
    try {
      send(outgoing, { ...(ofConnection as OutgoingHttpHeaders), ...headers }, body);
    } catch (error) {
      fail(error as Error);
    }
  });
}

/** @throws TypeError if a header cannot be sent */
function send(outgoing: ClientRequest, headers: OutgoingHttpHeaders, body: string | undefined): void {
  // Not in the options of the request: with NODE_DEBUG=http, Node prints the options, with the token.
  for (const [header, value = ''] of Object.entries(headers)) {
    outgoing.setHeader(header, value);
  }
  // Sent as bytes: with a string, Node would also encode the headers as UTF-8.
  const bytes = body === undefined ? undefined : Buffer.from(body, 'utf8');
  if (bytes !== undefined) {
    outgoing.setHeader('content-length', bytes.length);
  }
  outgoing.end(bytes);
}

async function readAnswer(httpRequest: HttpRequest, incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  await readChunks(httpRequest, incoming, (chunk) => void chunks.push(chunk));
  return {
    statusCode: incoming.statusCode ?? 0,
    retryAfter: incoming.headers['retry-after'],
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

async function readLines(
  httpRequest: HttpRequest,
  incoming: IncomingMessage,
  onData: () => void,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  await readChunks(httpRequest, incoming, (chunk) => {
    onData();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
    }
  });
}

/** An async iteration is not used, because the engines report an incomplete answer in different ways. */
function readChunks(
  httpRequest: HttpRequest,
  incoming: IncomingMessage,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        reject(error);
      }
    });
    incoming.on('error', (error) => reject(connectionError(httpRequest, error)));
    incoming.on('close', () => {
      if (!incoming.complete) {
        reject(new UnreachableError(`${httpRequest.name}: the answer broke off`));
      }
    });
    incoming.on('end', resolve);
  });
}
