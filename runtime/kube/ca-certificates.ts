import { X509Certificate } from 'node:crypto';

/**
 * Why a text is no list of CA certificates in PEM; undefined where it is one. An engine would pass over a broken
 * certificate, or fail on it with words of its own.
 */
export function whyNoCa(pem: string): string | undefined {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)/g) ?? [];
  if (certificates.length === 0) {
    return 'holds no PEM certificate';
  }
  return certificates.every(isCertificate) ? undefined : 'holds a certificate that is broken';
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
