import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Certificate and key as one pair, checked like Go's tls.X509KeyPair.
 *
 * @throws Error if certificate and key do not match; its message quotes neither
 */
export function keyPairOf(cert: string, key: string): KeyPair {
  const certificate = parsed('certificate', () => new X509Certificate(cert));
  const privateKey = parsed('key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error('its client key does not belong to its client certificate');
  }
  return { cert, key };
}

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`its client ${what} is not a ${what} in PEM`);
  }
}
