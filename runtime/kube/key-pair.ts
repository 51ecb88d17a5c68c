import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * The two as one pair, checked as by Go's tls.X509KeyPair.
 *
 * @throws Error that repeats nothing of them, where they are no pair
 */
export function keyPairOf(cert: string, key: string): KeyPair {
  const certificate = parsed('certificate', () => new X509Certificate(cert));
  const privateKey = parsed('key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error('its client key is not that of its client certificate');
  }
  return { cert, key };
}

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`its client ${what} holds something else than a ${what} in PEM`);
  }
}
