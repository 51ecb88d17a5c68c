import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { checkExpiration, checkObjectName } from './private/checks';

/**
 * Options for `SiteCredential.requested`.
 */
export interface RequestedCredentialOptions {
  /**
   * How long a token is to last, from the moment it is requested: whole seconds, from 10 minutes to
   * 2^32 seconds. An API server may be set up to grant less.
   *
   * @default - What the API server grants where nothing is said: 1 hour.
   */
  readonly expiration?: Duration;
}

/**
 * Which token the kubeconfig holds for a site, and so as whom its readers act there.
 */
export class SiteCredential {
  /**
   * The token of the pod that writes it. It dies with the pod, and its readers have the rights of the
   * pod's ServiceAccount.
   */
  public static podIdentity(): SiteCredential {
    return new SiteCredential();
  }

  /**
   * A token that the pod requests for a ServiceAccount, and no other's: readers have the rights that you
   * bind to that one, and the pod's own ServiceAccount needs none of them. (Whoever controls the pod can
   * still request such a token.)
   *
   * It outlives the pod, and ends when it expires or its ServiceAccount is deleted. With
   * `MultisiteInit`'s `refresh` it is renewed before; without, give an `expiration` that is long enough.
   *
   * An `expiration` that the API server would not take is an error here.
   *
   * @param serviceAccount The ServiceAccount, in the pod's namespace; another is refused where the
   *   credential is used.
   * @param options How long the token is to last.
   */
  public static requested(
    serviceAccount: kplus.IServiceAccount,
    options: RequestedCredentialOptions = {},
  ): SiteCredential {
    checkObjectName(serviceAccount, 'serviceAccount.name', serviceAccount.name);
    if (options.expiration !== undefined) {
      checkExpiration(serviceAccount, options.expiration);
    }
    return new SiteCredential(serviceAccount, options.expiration);
  }

  /**
   * The ServiceAccount whose token is requested; none where it is the pod's own token.
   */
  public readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * How long a requested token is to last; none where that is left to the API server.
   */
  public readonly expiration?: Duration;

  private constructor(serviceAccount?: kplus.IServiceAccount, expiration?: Duration) {
    this.serviceAccount = serviceAccount;
    this.expiration = expiration;
  }
}
