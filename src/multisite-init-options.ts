import type { MultisiteEntryOptions } from './multisite-entry-options';
import type { SiteCredential } from './site-credential';

/**
 * Options of the entry that the init program writes, and of its container.
 */
export interface MultisiteInitOptions extends MultisiteEntryOptions {
  /**
   * The token of this site's user in the kubeconfig. The default works for a single pod only. Several replicas need
   * another credential.
   *
   * @default SiteCredential.podIdentity()
   */
  readonly credential?: SiteCredential;
}
