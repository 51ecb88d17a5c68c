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
   * It must be there: name the key of the certificate where that signed itself. Of a Secret that is known by its name alone,
   * even where `Include` or `Helm` renders it, the type is not known: name the key of one of type `kubernetes.io/tls`.
   *
   * @default - "cacert.pem". "ca.crt" where `secret` is the construct that renders a Secret of type `kubernetes.io/tls`.
   */
  readonly caFile?: string;
}
