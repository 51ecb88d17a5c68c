import type * as kplus from 'cdk8s-plus-27';

/**
 * Certificates of Cloudify Manager.
 */
export interface CloudifyTls {
  /**
   * The Secret whose keys are the files in `/opt/onap/certs`. The default image serves HTTPS with `cert.pem` and `key.pem`.
   */
  readonly secret: kplus.ISecret;

  /**
   * The key with the CA that the manager's clients are to trust (`REQUESTS_CA_BUNDLE`), PEM.
   *
   * @default "cacert.pem"
   */
  readonly caFile?: string;
}
