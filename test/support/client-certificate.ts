import 'reflect-metadata'; // needed by @peculiar/x509's dependency injection
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { stringify } from 'yaml';
import { ALGORITHM, generateKeys, privateKeyPem } from '../../devcluster/control-plane/certificates.ts';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import type { KeyPair } from './pki.ts';

/** A client certificate that the control plane's authority signs. */
export async function issueClient(
  { folder, ca }: ControlPlaneFacts,
  commonName: string,
  notAfter: Date,
): Promise<KeyPair> {
  const key = createPrivateKey(await readFile(join(folder, 'ca.key'), 'utf8'));
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: new X509Certificate(ca).subject,
    notBefore: new Date(Date.now() - 60_000),
    notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
  });
  return { certificate: certificate.toString('pem'), key: await privateKeyPem(keys) };
}

/** A kubeconfig, as text, of the user that a client certificate names. */
export function certificateKubeconfig({ url, ca }: ControlPlaneFacts, { certificate, key }: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'metainit',
    clusters: [{ name: 'local', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    contexts: [{ name: 'metainit', context: { cluster: 'local', user: 'metainit' } }],
    users: [
      {
        name: 'metainit',
        user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) },
      },
    ],
  });
}
