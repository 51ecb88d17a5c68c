import type { KubernetesObject } from '@kubernetes/client-node';
import { kubectl } from '../src/kubectl.ts';

/** All that a namespace holds, of every kind that can be listed, but what every namespace gets and events. */
export async function contentsOf(namespace: string): Promise<string[]> {
  const kinds = await kubectl(['api-resources', '--namespaced', '--verbs=list', '-o', 'name']);
  const all = kinds.trim().split('\n').join(',');
  const names = await kubectl(['get', all, '--namespace', namespace, '-o', 'name']);
  return names.split('\n').filter((name) => name !== '' && !name.startsWith('event'));
}

/** What releases in a namespace have outside of all namespaces. */
export async function clusterScopedOf(namespace: string): Promise<string[]> {
  const kinds = await kubectl(['api-resources', '--namespaced=false', '--verbs=list', '-o', 'name']);
  const all = kinds.trim().split('\n').join(',');
  const list = await kubectl(['get', all, '-l', 'app.kubernetes.io/managed-by=Helm', '-o', 'json']);
  return (JSON.parse(list).items as KubernetesObject[])
    .filter(({ metadata }) => metadata?.annotations?.['meta.helm.sh/release-namespace'] === namespace)
    .map(({ kind, metadata }) => `${kind}/${metadata?.name}`);
}
