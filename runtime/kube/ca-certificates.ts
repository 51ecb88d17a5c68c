import { X509Certificate } from 'node:crypto';
import { PRIVATE_KEY } from '../kubeconfig/same-ca.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)/g;

/** CA certificates in PEM, or why a text holds something else. */
export type ParsedCa = { readonly ca: string } | { readonly why: string };

/**
 * The CA certificates of a text, and nothing else of it. An engine would pass over a broken certificate, or fail on it with words of
 * its own.
 */
export function parseCa(pem: string): ParsedCa {
  if (PRIVATE_KEY.test(pem)) {
    return { why: 'holds a private key, which nobody else may read: it has to hold CA certificates alone' };
  }
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) {
    return { why: 'holds no PEM certificate' };
  }
  const certificates = certificatesOf(pem);
  return certificates.length === texts.length
    ? { ca: certificates.map(toPem).join('\n') }
    : { why: 'holds a certificate that is broken' };
}

/** Whether it is one certificate, of which nothing has to be chosen. */
export function isOneCertificate(pem: string): boolean {
  return pem.indexOf(BEGIN) === pem.lastIndexOf(BEGIN);
}

const BEGIN = '-----BEGIN CERTIFICATE-----';

/**
 * Such a list without the certificates that share a name with another: for each of those, a list in which it is the only one of its
 * name. OpenSSL and BoringSSL try one issuer of a name, unless key identifiers tell them apart; Go tries all.
 */
export function withoutNamesakes(pem: string): string[] {
  const certificates = certificatesOf(pem);
  const isNamesake = (one: X509Certificate, other: X509Certificate) =>
    one !== other && one.subject === other.subject && !one.raw.equals(other.raw);
  return certificates
    .filter((one) => certificates.some((other) => isNamesake(one, other)))
    .map((one) =>
      certificates
        .filter((other) => !isNamesake(one, other))
        .map(toPem)
        .join('\n'),
    );
}

function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).map(parse).filter((certificate) => certificate !== undefined);
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** In lines of 64 characters (RFC 7468, section 2). */
function toPem({ raw }: X509Certificate): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return [BEGIN, ...lines, '-----END CERTIFICATE-----'].join('\n');
}
