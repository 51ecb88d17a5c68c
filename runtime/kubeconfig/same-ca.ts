const CERTIFICATE = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g;

/** The first line of a private key in PEM, of any kind. */
export const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Whether CA data hold exactly the wanted certificates, and no private key. Other text around the certificates is ignored. So
 * two program versions, one that writes this text and one that does not, do not overwrite each other for ever.
 */
export function holdsCertificates(data: string, wanted: string): boolean {
  const text = decode(data);
  if (PRIVATE_KEY.test(text)) {
    return false;
  }
  const certificates = certificatesOf(text);
  return certificates !== '' && certificates === certificatesOf(decode(wanted));
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

function certificatesOf(pem: string): string {
  return [...pem.matchAll(CERTIFICATE)].map(([, body]) => body?.replace(/\s/g, '')).join('\n');
}
