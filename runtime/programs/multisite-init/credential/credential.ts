import { tokenClaims } from '../../../kube/token-claims.ts';

/** From when until when a token is good. */
export interface Life {
  readonly issued: Date;
  readonly expires: Date;
}

/** What is written as the entry's user. */
export interface Credential {
  readonly token: string;
  /** Undefined where the token ends at no time that anybody knows. */
  readonly life: Life | undefined;
}

/** Where credentials come from: one of the token sources. */
export interface CredentialSource {
  /** Whether it requests a new token when asked. Other sources look a token up. */
  readonly requestsTokens: boolean;
  /**
   * The credential to write now.
   *
   * @param useless a token that is known to be of no use: rejected, or near its end
   * @throws KubeError CredentialsError
   */
  obtain(useless: string | undefined, signal: AbortSignal): Promise<Credential>;
}

/** A credential whose life is what its token says. */
export function credentialOf(token: string): Credential {
  const { issued, expires } = tokenClaims(token);
  const life = issued && expires && issued < expires ? { issued, expires } : undefined;
  return { token, life };
}
