import { tokenClaims } from '../../../kube/token-claims.ts';

/** The lifetime of a token. */
export interface Life {
  readonly issued: Date;
  readonly expires: Date;
}

/** The credential to write as the entry's user. */
export interface Credential {
  readonly token: string;
  /** Undefined if the end of the token is unknown. */
  readonly life: Life | undefined;
}

/** One of the token sources. */
export interface CredentialSource {
  /** Whether it requests a new token when asked. Other sources look a token up. */
  readonly requestsTokens: boolean;
  /**
   * The credential to write now.
   *
   * @param useless a token that must not be returned again: it was rejected, or is near its end
   * @throws KubeError CredentialsError
   */
  obtain(useless: string | undefined, signal: AbortSignal): Promise<Credential>;
}

/** A credential with the lifetime in the token's claims. */
export function credentialOf(token: string): Credential {
  const { issued, expires } = tokenClaims(token);
  const life = issued && expires && issued < expires ? { issued, expires } : undefined;
  return { token, life };
}
