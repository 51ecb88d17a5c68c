import { X509Certificate } from 'node:crypto';
import { PRIVATE_KEY } from '../kubeconfig/same-ca.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)/g;

/** CA certificates in PEM, or why a text is not usable as CA certificates. */
export type ParsedCa = { readonly ca: string } | { readonly why: string };

/** The latest text and its result. Before each request the CA is read again, and it is nearly always the same. */
let latest: { readonly pem: string; readonly parsed: ParsedCa } | undefined;

/**
 * The CA certificates of a text, without its other parts. A broken certificate is refused here, because an engine would ignore it,
 * or fail with its own message.
 */
export function parseCa(pem: string): ParsedCa {
  if (latest?.pem !== pem) {
    latest = { pem, parsed: parse(pem) };
  }
  return latest.parsed;
}

function parse(pem: string): ParsedCa {
  if (PRIVATE_KEY.test(pem)) {
    return { why: 'holds a private key, which must stay secret: it must hold only CA certificates' };
  }
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) {
    return { why: 'holds no PEM certificate' };
  }
  const certificates = certificatesOf(pem);
  return certificates.length === texts.length
    ? { ca: certificates.map(toPem).join('\n') }
    : { why: 'holds a broken certificate' };
}

/** Whether the text has only one certificate, so that there is no choice. */
export function isOneCertificate(pem: string): boolean {
  return pem.indexOf(BEGIN) === pem.lastIndexOf(BEGIN);
}

const BEGIN = '-----BEGIN CERTIFICATE-----';

/**
 * Several certificates can have the same subject. For each of them: the list of all certificates, without the others of this
 * subject. OpenSSL and BoringSSL try only one issuer of a subject, unless key identifiers make a difference. Go tries all.
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
  return (pem.match(CERTIFICATE) ?? []).map(certificateOf).filter((certificate) => certificate !== undefined);
}

function certificateOf(pem: string): X509Certificate | undefined {
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
