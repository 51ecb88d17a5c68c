import type { Selection } from '../../kube/reflector.ts';
import { PODS } from './held-pod.ts';
import type { Options } from './options.ts';

/** The pods that the API server selects. A held pod has no node, so the selection excludes pods that have one. */
export function selectionOf(namespace: string | undefined, { label }: Options): Selection {
  return { resource: PODS, namespace, labelSelector: label, fieldSelector: 'spec.nodeName=' };
}

/** The namespace of each selection; undefined for all namespaces. */
export function namespacesOf({ namespaces }: Options): readonly (string | undefined)[] {
  return namespaces.length === 0 ? [undefined] : namespaces;
}

/** A scope in words, for example `namespace apps`. */
export function describeScope(namespace: string | undefined): string {
  return namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
}
