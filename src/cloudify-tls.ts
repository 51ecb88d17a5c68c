import type * as kplus from 'cdk8s-plus-27';

/**
 * Certificates of Cloudify Manager.
 */
export interface CloudifyTls {
  /**
   * The Secret whose keys are the files in `/opt/onap/certs`. The default image serves HTTPS with `cert.pem` and
   * `key.pem`, or with `tls.crt` and `tls.key`, which are the keys of a Secret of type `kubernetes.io/tls`. If the app
   * declares the Secret without these keys, that is an error.
   */
  readonly secret: kplus.ISecret;

  /**
   * The key with the CA certificate, in PEM, that the manager's clients trust (`REQUESTS_CA_BUNDLE`).
   *
   * The key must exist. For a self-signed certificate, give the key of the certificate itself. If the Secret is given
   * by name only, its type is unknown, even if `Include` or `Helm` renders the Secret. If such a Secret has the type
   * `kubernetes.io/tls`, give the key.
   *
   * @default - "cacert.pem". If `secret` is a construct that renders a Secret of type `kubernetes.io/tls`: "ca.crt".
   */
  readonly caFile?: string;
}
