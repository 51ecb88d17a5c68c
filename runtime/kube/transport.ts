import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { ApiError } from './api-error.ts';
import type { InCluster } from './in-cluster.ts';
import { UnreachableError } from './unreachable-error.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** The attempt is given up after so many milliseconds, wherever it hangs. */
  readonly timeoutMs: number;
}

/** Sends one request and resolves to the answer's JSON. */
export interface Transport {
  /**
   * @throws ApiError when the API server answers with an error status
   * @throws UnreachableError when no whole, trusted answer arrives in time
   */
  send(request: ApiRequest): Promise<unknown>;
  close(): void;
}

/**
 * HTTPS to one API server over one kept-alive connection. The CA is the only one trusted, whatever the environment
 * says, and no proxy is obeyed: in-cluster traffic must not leave the cluster (node:https knows no proxy variables).
 */
export function createTransport(server: InCluster, userAgent: string): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: (apiRequest) => send(server, agent, userAgent, apiRequest),
    close: () => agent.destroy(),
  };
}

function send(server: InCluster, agent: Agent, userAgent: string, apiRequest: ApiRequest): Promise<unknown> {
  const { method, path, timeoutMs } = apiRequest;
  const name = `${method} ${server.server}${path}`;
  const body = apiRequest.body === undefined ? undefined : JSON.stringify(apiRequest.body);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: server.host,
      port: server.port,
      method,
      path,
      agent,
      ca: server.ca,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
      rejectUnauthorized: true,
      // An IP address is no server name (RFC 6066, section 3).
      servername: isIP(server.host) === 0 ? server.host : '',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${server.token}`,
        'user-agent': userAgent,
        ...(body === undefined
          ? {}
          : { 'content-type': apiRequest.contentType, 'content-length': Buffer.byteLength(body) }),
      },
    });
    // A timer of our own: the `timeout` option does not cover a stalled TLS handshake on every engine.
    const timer = setTimeout(
      () => fail(new UnreachableError(`${name}: no answer within ${timeoutMs / 1000} s`, true)),
      timeoutMs,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(error);
    };
    outgoing.on('error', (error) => fail(connectionError(name, error)));
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (error) => fail(connectionError(name, error)));
      incoming.on('close', () => {
        if (!incoming.complete) fail(new UnreachableError(`${name}: the answer broke off`, true));
      });
      incoming.on('end', () => {
        try {
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = readAnswer(name, server.token, incoming.statusCode ?? 0, text);
          clearTimeout(timer);
          resolve(answer);
        } catch (error) {
          fail(error as Error);
        }
      });
    });
    outgoing.end(body);
  });
}

function readAnswer(name: string, token: string, status: number, text: string): unknown {
  if (status < 200 || status > 299) throw new ApiError(name, status, redact(statusMessage(text), token));
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreachableError(`${name}: the answer is not JSON`, true);
  }
}

function statusMessage(text: string): string {
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return String(status.message).replace(/\s+/g, ' ').slice(0, 1000);
    }
  } catch {
    // Not from an API server; a load balancer's page says nothing worth repeating.
  }
  return '';
}

/** An admission webhook may quote the request that it refuses, and with it what was to be written. */
function redact(message: string, token: string): string {
  return message.replaceAll(token, '(redacted)').replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '(redacted)');
}

/** Codes of a certificate that is not the one we must insist on; everything else may pass with time. */
const UNTRUSTED = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/;

function connectionError(name: string, error: Error): UnreachableError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNTRUSTED.test(code)
    ? new UnreachableError(
        `${name}: the server's certificate is not one that the CA vouches for (${code})`,
        false,
      )
    : new UnreachableError(`${name}: ${code === '' ? error.message : code}`, true);
}
