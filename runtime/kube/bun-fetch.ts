import { isOneCertificate } from './ca-certificates.ts';
import type { Connection } from './connection.ts';
import { connectionError, type HttpAnswer, type HttpRequest } from './http.ts';

/** Matches a host that is an IP address, without brackets. `node:net` can check this too, but it takes a millisecond to load. */
const IP_ADDRESS = /^[\d.]+$|:/;

/**
 * Whether to send a request with Bun's fetch. In Bun, fetch needs a third less time than node:https (docs/performance.md).
 * But fetch obeys proxy variables, and Bun's own variables can make it print every header. If we check the server's identity
 * ourselves, fetch keeps no connection alive. It does not choose between several issuers. So fetch is used only for IP
 * addresses and a single CA certificate, as pods have them.
 */
export function mayFetch(
  connection: Connection,
  { versions, env }: Pick<NodeJS.Process, 'versions' | 'env'>,
): boolean {
  return (
    versions.bun !== undefined &&
    connection.isBearer &&
    IP_ADDRESS.test(connection.options.host ?? '') &&
    isOneCertificate(String(connection.options.ca)) &&
    !Object.keys(env).some((name) => /_PROXY$|^BUN_/i.test(name))
  );
}

/**
 * One exchange by Bun's fetch (https://bun.sh/docs/api/fetch), which keeps connections alive by itself.
 *
 * @throws the signal's reason, or what went wrong
 */
export async function exchangeByFetch(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { connection, method, path, headers, body } = request;
  try {
    const answer = await fetch(connection.url + path, {
      method,
      headers: { ...(connection.options.headers as Record<string, string>), ...headers },
      body,
      // The token is only for this server.
      redirect: 'manual',
      signal,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch off the check of certificates.
      tls: { ca: connection.options.ca, allowPartialTrustChain: true, rejectUnauthorized: true },
    } as RequestInit);
    const retryAfter = answer.headers.get('retry-after') ?? undefined;
    return { statusCode: answer.status, retryAfter, text: await answer.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(request, error as Error);
  }
}
