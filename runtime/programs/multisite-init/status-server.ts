import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import type { Status } from './status.ts';

/**
 * Serves /healthz, /readyz and /metrics.
 *
 * @param redact takes out of a text what nobody may see
 * @throws Failure when the port is not to be had
 */
export async function serveStatus(
  status: Status,
  port: number,
  redact: (text: string) => string,
): Promise<void> {
  const server = createServer((request, response) => void answer(status, redact, request, response));
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Failure(
      ExitCode.usage,
      `cannot listen on port ${port} (${code})`,
      'Another container of the pod has it perhaps: choose another with --port.',
      { cause: error },
    );
  }
}

async function answer(
  status: Status,
  redact: (text: string) => string,
  { url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (code: number, text: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(code, { 'content-type': type }).end(text);
  switch (url?.split('?')[0]) {
    case '/healthz':
      say(200, 'ok\n');
      return;
    case '/readyz': {
      const { whyNotReady } = status;
      say(whyNotReady === undefined ? 200 : 503, `${redact(whyNotReady ?? 'ok')}\n`);
      return;
    }
    case '/metrics':
      // https://prometheus.io/docs/instrumenting/exposition_formats/
      say(200, await status.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
      return;
    default:
      say(404, 'There are /healthz, /readyz and /metrics.\n');
  }
}
