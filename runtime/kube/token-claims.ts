/** What a ServiceAccount token says of itself. Only the API server knows whether any of it holds. */
export interface TokenClaims {
  /** `system:serviceaccount:NAMESPACE:NAME` */
  readonly subject: string | undefined;
  readonly issued: Date | undefined;
  readonly expires: Date | undefined;
  /** The pod that the token is bound to, and ends with. */
  readonly pod: string | undefined;
}

/** Reads the claims of a JSON web token (RFC 7519, section 4.1); all undefined where it is something else. */
export function tokenClaims(token: string): TokenClaims {
  const claims = parseClaims(token);
  const kubernetes = isObject(claims['kubernetes.io']) ? claims['kubernetes.io'] : {};
  const pod = isObject(kubernetes.pod) ? kubernetes.pod : {};
  return {
    subject: stringOrNothing(claims.sub),
    issued: date(claims.iat),
    expires: date(claims.exp),
    pod: stringOrNothing(pod.name),
  };
}

function parseClaims(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) ? claims : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function stringOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of seconds since 1970. */
function date(value: unknown): Date | undefined {
  if (typeof value !== 'number') {
    return undefined;
  }
  const seconds = new Date(value * 1000);
  return Number.isNaN(seconds.getTime()) ? undefined : seconds;
}
