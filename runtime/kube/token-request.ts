import type { AuthenticationV1TokenRequest } from '@kubernetes/client-node';
import type { Clock } from '../async/clock.ts';
import { isToken } from './credential-files.ts';
import { UnreachableError } from './errors.ts';
import { actionOn, objectPath } from './resource.ts';
import type { Transport } from './transport.ts';

/** A token as the API server granted it. */
export interface GrantedToken {
  readonly token: string;
  /** The time of issue, by the server's clock. */
  readonly issued: Date;
  /** The granted end, which may be earlier than the requested one. */
  readonly expires: Date;
}

const SERVICE_ACCOUNTS = { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount' };

/**
 * Asks the API server for a token of a ServiceAccount
 * (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/).
 *
 * @param expirationSeconds undefined for the server's default: an hour
 * @param clock gives the time of issue, if the server's answer does not have it
 * @throws KubeError
 */
export async function requestToken(
  transport: Transport,
  namespace: string,
  serviceAccount: string,
  expirationSeconds: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<GrantedToken> {
  const ref = { resource: SERVICE_ACCOUNTS, namespace, name: serviceAccount };
  const path = `${objectPath(ref)}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: expirationSeconds === undefined ? {} : { expirationSeconds },
  };
  const action = { ...actionOn('create', ref), subresource: 'token' };
  const asked = new Date(clock.wallTime());
  const answer = (await transport.send(
    { method: 'POST', path, contentType: 'application/json', body, action },
    signal,
  )) as AuthenticationV1TokenRequest | null;
  const token = answer?.status?.token;
  const expires = new Date(answer?.status?.expirationTimestamp ?? '');
  if (typeof token !== 'string' || !isToken(token) || Number.isNaN(expires.getTime())) {
    throw new UnreachableError(`POST ${path}: the answer is not a TokenRequest with a token`);
  }
  const issued = new Date(answer?.metadata?.creationTimestamp ?? '');
  return { token, issued: Number.isNaN(issued.getTime()) ? asked : issued, expires };
}
