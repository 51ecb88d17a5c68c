import { isToken } from './credential-files.ts';
import { describeRef, getDataObject } from './data-objects.ts';
import { CredentialsError, KubeError } from './errors.ts';
import type { Transport } from './transport.ts';

const TYPE = 'kubernetes.io/service-account-token';

/** The Secret exists, but has no token yet. */
export class TokenPendingError extends KubeError {
  override readonly name = 'TokenPendingError';
  override readonly retryWhen = 'transient';
}

/**
 * The token of a Secret. The control plane writes the token into the Secret some time after somebody created the Secret
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
      `${describeRef(ref)} has type ${type}, so it does not get a token`,
      `Delete it and create it again with type ${TYPE} and the annotation kubernetes.io/service-account.name.`,
    );
  }
  const token = text.token ?? binary.token ?? '';
  if (token === '') {
    throw new TokenPendingError(`${describeRef(ref)} has no token yet`);
  }
  if (text.token === undefined || !isToken(token)) {
    throw new CredentialsError(
      'token Secret',
      `${describeRef(ref)} does not hold exactly one token`,
      'Delete it and create it again without a token: the controller manager writes a token.',
    );
  }
  return token;
}
