import type { V1Secret } from '@kubernetes/client-node';
import { CredentialsError } from './credentials-error.ts';
import { KubeError, type Mend } from './kube-error.ts';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

const TYPE = 'kubernetes.io/service-account-token';

/** The Secret is there, and nobody has put a token into it yet. */
export class TokenPendingError extends KubeError {
  override readonly name = 'TokenPendingError';
  override readonly mendedBy: Mend = 'time';
}

/**
 * The token of a Secret that the control plane fills in, some time after it is made
 * (https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets).
 *
 * @throws TokenPendingError CredentialsError KubeError
 */
export async function getTokenSecret(
  transport: Transport,
  namespace: string,
  name: string,
  timeoutMs: number,
): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  const secret = (await transport.send({ method: 'GET', path, timeoutMs })) as V1Secret | null;
  if (secret?.kind !== 'Secret') throw new UnreachableError(`GET ${path}: the answer is not a Secret`);
  if (secret.type !== TYPE) {
    throw new CredentialsError(
      `secret ${namespace}/${name} is of type ${secret.type}, and nobody puts a token into it`,
      `Make it of type ${TYPE}, with the annotation kubernetes.io/service-account.name.`,
    );
  }
  const token = Buffer.from(secret.data?.token ?? '', 'base64').toString('utf8');
  if (token === '') throw new TokenPendingError(`secret ${namespace}/${name} has no token yet`);
  return token;
}
