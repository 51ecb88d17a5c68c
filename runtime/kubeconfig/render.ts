import { clusterFields, contextFields, type Entry, namedItem, userFields } from './entry.ts';
import { blockLines } from './yaml-text.ts';

/** A whole kubeconfig with one entry. The keys have kubectl's order. */
export function renderKubeconfig(entry: Entry): string {
  const lines = blockLines({
    apiVersion: 'v1',
    clusters: [namedItem('cluster', entry.location, clusterFields(entry))],
    contexts: [namedItem('context', entry.location, contextFields(entry))],
    'current-context': entry.location,
    kind: 'Config',
    preferences: {},
    users: [namedItem('user', entry.user, userFields(entry))],
  });
  return `${lines.join('\n')}\n`;
}
