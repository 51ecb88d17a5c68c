import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Credential } from './certificates.ts';

/** Writes a client's kubeconfig with embedded certificates, so that the file can be copied. */
export async function writeKubeconfig(
  path: string,
  server: string,
  ca: string,
  { name, certificate, key }: Credential,
): Promise<void> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    contexts: [{ name, context: { cluster: 'test', user: name } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(certificate),
          'client-key-data': base64(key),
        },
      },
    ],
  };
  await writeFile(path, stringify(kubeconfig), { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
