import { isOneCertificate } from './ca-certificates.ts';
import type { Connection } from './connection.ts';
import { connectionError, type HttpAnswer, type HttpRequest } from './http.ts';

/** Of a host without brackets. `node:net` would say it, too, and takes a millisecond to load. */
const IP_ADDRESS = /^[\d.]+$|:/;

/**
 * Whether Bun's fetch may take a request: it takes a third less than node:https there (docs/performance.md), but obeys
 * proxy variables, and variables of its own that make it print every header. It keeps no connection alive whose identity we check
 * ourselves, and chooses no issuer: so it takes IP addresses and one CA alone, which is what pods have.
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
      // The token is for this server alone.
      redirect: 'manual',
      signal,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
      tls: { ca: connection.options.ca, allowPartialTrustChain: true, rejectUnauthorized: true },
    } as RequestInit);
    const retryAfter = answer.headers.get('retry-after') ?? undefined;
    return { statusCode: answer.status, retryAfter, text: await answer.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(request, error as Error);
  }
}
