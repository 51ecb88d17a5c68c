import { X509Certificate } from 'node:crypto';

/** The client certificate of the latest connection. A kubeconfig may give a new one at any time. */
export class ClientCertificate {
  private pem: string | undefined;
  private expiry: number | undefined;

  /** @param pem certificates in PEM, the client's own certificate first */
  readonly isUsed = (pem: string): void => {
    if (pem !== this.pem) {
      this.pem = pem;
      this.expiry = new X509Certificate(pem).validToDate.getTime();
    }
  };

  /** When it expires, in milliseconds since 1970. Undefined without a client certificate. */
  get expiresAt(): number | undefined {
    return this.expiry;
  }
}
