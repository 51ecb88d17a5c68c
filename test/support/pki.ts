import 'reflect-metadata'; // wanted by @peculiar/x509's dependency injection
import type { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { ALGORITHM, generateKeys, privateKeyPem } from '../../devcluster/control-plane/certificates.ts';

/** Signs certificates. */
export interface Authority {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  /** PEM of its certificate. */
  readonly certificate: string;
  /** Whether its certificates say by which key they are signed. */
  readonly keyIdentifiers: boolean;
}

export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

export interface AuthorityOptions {
  /** @default - it signs itself */
  readonly issuer?: Authority;
  /** @default true */
  readonly keyIdentifiers?: boolean;
}

export async function createAuthority(name: string, options: AuthorityOptions = {}): Promise<Authority> {
  const { issuer, keyIdentifiers = true } = options;
  const keys = await generateKeys();
  const subject = `CN=${name}`;
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer?.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      ...(keyIdentifiers ? [await SubjectKeyIdentifierExtension.create(keys.publicKey)] : []),
    ],
  });
  return { subject, keys, certificate: certificate.toString('pem'), keyIdentifiers };
}

/** A server's certificate. @param names subject alternative names: IP addresses and host names */
export async function issueServer(
  authority: Authority,
  commonName: string,
  names: { readonly ip?: readonly string[]; readonly dns?: readonly string[] },
): Promise<KeyPair> {
  const keys = await generateKeys();
  const alternatives = [
    ...(names.ip ?? []).map((value) => ({ type: 'ip', value }) as const),
    ...(names.dns ?? []).map((value) => ({ type: 'dns', value }) as const),
  ];
  const extensions: Extension[] = [
    ...(alternatives.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
    ...(authority.keyIdentifiers
      ? [await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey)]
      : []),
  ];
  const issued = await X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return { certificate: issued.toString('pem'), key: await privateKeyPem(keys) };
}
