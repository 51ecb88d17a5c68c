import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** The state of a service, for probes and for Prometheus. */
export interface ServiceStatus {
  /** Why the service has not begun its work. Undefined if it has. */
  whyNotStarted(): string | undefined;
  /** Why the service does not do its work. Undefined if it does. */
  whyNotReady(): string | undefined;
  /** In the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  metrics(): Promise<string>;
}

/** The port is taken, or not allowed. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Serves /healthz, /startupz, /readyz and /metrics until the signal is aborted.
 *
 * @param redact hides the secrets in a text
 * @param host the IP address to listen at; all addresses if undefined
 * @throws PortError
 */
export async function serveStatus(
  status: ServiceStatus,
  port: number,
  redact: (text: string) => string,
  signal: AbortSignal,
  host?: string,
): Promise<void> {
  const server = createServer((request, response) => {
    answer(status, redact, request, response).catch(() => void response.writeHead(500).end());
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  signal.addEventListener('abort', close);
  try {
    await once(server.listen({ port, host }), 'listening', { signal });
  } catch (error) {
    signal.throwIfAborted();
    signal.removeEventListener('abort', close);
    const { code } = error as NodeJS.ErrnoException;
    throw new PortError(`cannot listen on port ${port} (${code})`, { cause: error });
  }
}

async function answer(
  status: ServiceStatus,
  redact: (text: string) => string,
  { url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (code: number, text: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(code, { 'content-type': type }).end(text);
  const sendWhyNot = (why: string | undefined) =>
    send(why === undefined ? 200 : 503, `${redact(why ?? 'ok')}\n`);
  switch (url?.split('?')[0]) {
    case '/healthz':
      send(200, 'ok\n');
      return;
    case '/startupz':
      sendWhyNot(status.whyNotStarted());
      return;
    case '/readyz':
      sendWhyNot(status.whyNotReady());
      return;
    case '/metrics':
      send(200, redact(await status.metrics()), 'text/plain; version=0.0.4; charset=utf-8');
      return;
    default:
      send(404, 'not found: the paths are /healthz, /startupz, /readyz and /metrics\n');
  }
}
