import { isToken } from './credential-files.ts';
import { describeRef, getDataObject } from './data-objects.ts';
import { CredentialsError, KubeError } from './errors.ts';
import type { Transport } from './transport.ts';

const TYPE = 'kubernetes.io/service-account-token';

/** The Secret is there, and nobody has put a token into it yet. */
export class TokenPendingError extends KubeError {
  override readonly name = 'TokenPendingError';
  override readonly retryWhen = 'transient';
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
  signal: AbortSignal,
): Promise<string> {
  const ref = { kind: 'Secret', namespace, name } as const;
  const { type, text, binary } = await getDataObject(transport, ref, signal);
  if (type !== TYPE) {
    throw new CredentialsError(
      'token Secret',
      `${describeRef(ref)} is of type ${type}, and nobody puts a token into it`,
      `Make it of type ${TYPE}, with the annotation kubernetes.io/service-account.name.`,
    );
  }
  const token = text.token ?? binary.token ?? '';
  if (token === '') {
    throw new TokenPendingError(`${describeRef(ref)} has no token yet`);
  }
  if (text.token === undefined || !isToken(token)) {
    throw new CredentialsError(
      'token Secret',
      `${describeRef(ref)} holds something else than one token`,
      'Make it anew without a token: the controller manager puts one there.',
    );
  }
  return token;
}
