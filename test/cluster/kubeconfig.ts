import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Certificates } from './certificates.ts';

/** Writes the admin's kubeconfig, everything embedded, so that the file can be copied elsewhere. */
export async function writeKubeconfig(
  path: string,
  server: string,
  { ca, admin }: Certificates,
): Promise<void> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    contexts: [{ name: 'admin', context: { cluster: 'test', user: 'admin' } }],
    users: [
      {
        name: 'admin',
        user: {
          'client-certificate-data': base64(admin.certificate),
          'client-key-data': base64(admin.key),
        },
      },
    ],
  };
  await writeFile(path, stringify(kubeconfig), { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
