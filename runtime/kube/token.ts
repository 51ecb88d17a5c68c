/**
 * When a ServiceAccount token says that it ends (the `exp` claim, RFC 7519 section 4.1.4); undefined where it does
 * not say. Only for showing: the API server alone knows whether a token is valid, and one that is bound to a pod
 * ends with it.
 */
export function tokenExpiry(token: string): Date | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
    const expiry = new Date(Number(claims.exp) * 1000);
    return Number.isNaN(expiry.getTime()) ? undefined : expiry;
  } catch {
    return undefined;
  }
}
