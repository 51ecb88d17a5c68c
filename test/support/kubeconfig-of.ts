import { stringify } from 'yaml';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';

/** A kubeconfig, as text, with one context `central`: that of a cluster, and of whoever has the token. */
export function kubeconfigOf({ url, ca }: Pick<ControlPlaneFacts, 'url' | 'ca'>, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'central',
    clusters: [
      {
        name: 'central',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    contexts: [{ name: 'central', context: { cluster: 'central', user: 'registrar' } }],
    users: [{ name: 'registrar', user: { token } }],
  });
}
