import type * as kplus from 'cdk8s-plus-27';

/**
 * Certificates of Cloudify Manager.
 */
export interface CloudifyTls {
  /**
   * The Secret whose keys are the files in `/opt/onap/certs`. The default image serves HTTPS with `cert.pem` and `key.pem`, or
   * with `tls.crt` and `tls.key`, which a Secret of type `kubernetes.io/tls` has. One that the app declares without them is an
   * error.
   */
  readonly secret: kplus.ISecret;

  /**
   * The key with the CA that the manager's clients are to trust (`REQUESTS_CA_BUNDLE`), PEM.
   *
   * It must be there: name the key of the certificate where that signed itself.
   *
   * @default "cacert.pem"; "ca.crt" of a Secret of type `kubernetes.io/tls` that the app declares
   */
  readonly caFile?: string;
}
