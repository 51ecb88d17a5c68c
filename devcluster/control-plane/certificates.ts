import 'reflect-metadata'; // needed by @peculiar/x509's dependency injection
import type { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** The algorithm of all keys and signatures. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A private key and its certificate, as PEM text and as files. */
export interface Credential {
  /** The names of its files, without extensions. */
  readonly name: string;
  /** PEM text of the certificate. */
  readonly certificate: string;
  /** PEM text of the private key (PKCS #8). */
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The certificates and keys with which a control plane proves its identity and identifies its clients. */
export interface Certificates {
  /** PEM text of the authority's certificate. */
  readonly ca: string;
  readonly caFile: string;
  /** The authority's private key, for what is signed later: by kubeadm, or for a CertificateSigningRequest. */
  readonly caKeyFile: string;
  readonly server: Credential;
  /** A client in `system:masters`. */
  readonly admin: Credential;
  /** The additional clients, by name. */
  readonly clients: ReadonlyMap<string, Credential>;
  /** The private key that signs ServiceAccount tokens. */
  readonly serviceAccountKeyFile: string;
  /** The public key that verifies them. */
  readonly serviceAccountPublicKeyFile: string;
}

interface Authority {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * Creates an authority and its certificates, valid for a year, and writes them to a folder.
 *
 * @param addresses the IP addresses of the server
 * @param names the DNS names of the server
 * @param clients the subjects of additional clients, by the names of their files
 */
export async function writeCertificates(
  folder: string,
  addresses: readonly string[],
  names: readonly string[],
  clients: Readonly<Record<string, string>> = {},
): Promise<Certificates> {
  const authority: Authority = { name: 'CN=cdk8s-multisite-test-ca', keys: await generateKeys() };
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: authority.name,
    keys: authority.keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(authority.keys.publicKey),
    ],
  });
  const server = await issue(folder, 'kube-apiserver', 'CN=kube-apiserver', authority, [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ...names.map((value) => ({ type: 'dns', value }) as const),
    ]),
  ]);
  const issueClient = (name: string, subject: string) =>
    issue(folder, name, subject, authority, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]);
  const admin = await issueClient('admin', 'O=system:masters, CN=admin');
  const others = new Map<string, Credential>();
  for (const [name, subject] of Object.entries(clients)) {
    others.set(name, await issueClient(name, subject));
  }
  const serviceAccount = await generateKeys();
  return {
    ca: ca.toString('pem'),
    caFile: await writePrivate(join(folder, 'ca.crt'), ca.toString('pem')),
    caKeyFile: await writePrivate(join(folder, 'ca.key'), await privateKeyPem(authority.keys)),
    server,
    admin,
    clients: others,
    serviceAccountKeyFile: await writePrivate(
      join(folder, 'service-account.key'),
      await privateKeyPem(serviceAccount),
    ),
    serviceAccountPublicKeyFile: await writePrivate(
      join(folder, 'service-account.pub'),
      await publicKeyPem(serviceAccount),
    ),
  };
}

async function issue(
  folder: string,
  fileName: string,
  subject: string,
  authority: Authority,
  extensions: Extension[],
): Promise<Credential> {
  const keys = await generateKeys();
  const issued = await X509CertificateGenerator.create({
    subject,
    issuer: authority.name,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // All authorities have the same name. If a client trusts several, it distinguishes them by this key identifier.
      await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ...extensions,
    ],
  });
  const certificate = issued.toString('pem');
  const key = await privateKeyPem(keys);
  return {
    name: fileName,
    certificate,
    key,
    certificateFile: await writePrivate(join(folder, `${fileName}.crt`), certificate),
    keyFile: await writePrivate(join(folder, `${fileName}.key`), key),
  };
}

export function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

export async function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

async function publicKeyPem({ publicKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('spki', publicKey), 'PUBLIC KEY');
}

async function writePrivate(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
