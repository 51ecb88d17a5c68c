import type { MultisiteEntryOptions } from './multisite-entry-options';
import type { SiteCredential } from './site-credential';

/**
 * What the init program is to write, and what it runs with.
 */
export interface MultisiteInitOptions extends MultisiteEntryOptions {
  /**
   * The token of this site's user in the kubeconfig. The default is for a pod that is the only one of its kind: several
   * replicas need another.
   *
   * @default SiteCredential.podIdentity()
   */
  readonly credential?: SiteCredential;
}
