import type { AuthenticationV1TokenRequest } from '@kubernetes/client-node';
import { isToken } from './credential-files.ts';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

/** A token as the API server granted it. */
export interface GrantedToken {
  readonly token: string;
  /** By the server's clock. */
  readonly issued: Date;
  /** What was granted, which may be less than what was asked for. */
  readonly expires: Date;
}

/**
 * Asks the API server for a token of a ServiceAccount
 * (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/).
 *
 * @param expirationSeconds the server's default where undefined: an hour
 * @param now where the server does not say when it answered
 * @throws KubeError
 */
export async function requestToken(
  transport: Transport,
  namespace: string,
  serviceAccount: string,
  expirationSeconds: number | undefined,
  now: Date,
  timeoutMs: number,
): Promise<GrantedToken> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`;
  const answer = (await transport.send({
    method: 'POST',
    path,
    contentType: 'application/json',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: expirationSeconds === undefined ? {} : { expirationSeconds },
    },
    timeoutMs,
  })) as AuthenticationV1TokenRequest | null;
  const token = answer?.status?.token;
  const expires = new Date(answer?.status?.expirationTimestamp ?? '');
  if (typeof token !== 'string' || !isToken(token) || Number.isNaN(expires.getTime())) {
    throw new UnreachableError(`POST ${path}: the answer is not a TokenRequest with a token`);
  }
  const issued = new Date(answer?.metadata?.creationTimestamp ?? '');
  return { token, issued: Number.isNaN(issued.getTime()) ? now : issued, expires };
}
