import { type KeyObject, sign } from 'node:crypto';
import type { AuthenticationV1TokenRequest } from '@kubernetes/client-node';

/**
 * Changes the answer to a TokenRequest as an API server would have answered that grants less: the token itself ends sooner, and is
 * signed anew.
 */
export function shortenLife(answer: string, seconds: number, key: KeyObject): string {
  const request: AuthenticationV1TokenRequest = JSON.parse(answer);
  if (!request.status?.token) {
    return answer; // it was refused
  }
  const [header = '', payload = ''] = request.status.token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  claims.exp = claims.iat + seconds;
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  const status = {
    token: `${signed}.${signature.toString('base64url')}`,
    expirationTimestamp: new Date(claims.exp * 1000).toISOString(),
  };
  return JSON.stringify({ ...request, status });
}
