/** The claims in a ServiceAccount token. Only the API server can check them. */
export interface TokenClaims {
  /** `system:serviceaccount:NAMESPACE:NAME` */
  readonly subject: string | undefined;
  readonly issued: Date | undefined;
  readonly expires: Date | undefined;
  /** The pod that the token is bound to. The token ends with this pod. */
  readonly pod: string | undefined;
}

/** Reads the claims of a JSON web token (RFC 7519, section 4.1). All are undefined if the text is not such a token. */
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

/** The date for a number of seconds since 1970. */
function date(value: unknown): Date | undefined {
  if (typeof value !== 'number') {
    return undefined;
  }
  const seconds = new Date(value * 1000);
  return Number.isNaN(seconds.getTime()) ? undefined : seconds;
}
