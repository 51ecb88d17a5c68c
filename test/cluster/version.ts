import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Kubernetes release that the tests run against, as go.mod (its one place) names it, without the `v`. */
export const KUBERNETES_VERSION = requiredVersion(readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8'));

function requiredVersion(goMod: string): string {
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error('go.mod requires no k8s.io/kubernetes');
  return version;
}
