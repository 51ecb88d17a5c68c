import type { ApiObject } from 'cdk8s';
import { isPodSecurityLevel, type PodSecurityLevel } from './pod-security';

const LEVEL_LABEL = 'pod-security.kubernetes.io/enforce';
const VERSION_LABEL = 'pod-security.kubernetes.io/enforce-version';

interface Metadata {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The Pod Security level that a namespace enforces, as far as the objects of an app say: by the labels of a
 * Namespace among them. None where there is no such Namespace, where it leaves the level to the cluster, and
 * where it takes the level as an older Kubernetes had it, which is not known here.
 */
export function enforcedLevel(
  objects: readonly ApiObject[],
  namespace: string,
): PodSecurityLevel | undefined {
  const labels = objects
    .filter(({ kind }) => kind === 'Namespace')
    .map(renderedMetadata)
    .find(({ name }) => name === namespace)?.labels;
  const level = labels?.[LEVEL_LABEL];
  return isPodSecurityLevel(level) && isKnownVersion(labels?.[VERSION_LABEL]) ? level : undefined;
}

/** As rendered, since a patch may have changed what the construct says. */
function renderedMetadata(object: ApiObject): Metadata {
  try {
    return object.toJson().metadata;
  } catch {
    // That stops the synthesis later on, and must not keep other mistakes from being reported.
    return {};
  }
}

/** The levels have not changed since Kubernetes 1.35. */
function isKnownVersion(version = 'latest'): boolean {
  const minor = /^v1\.(\d+)$/.exec(version)?.[1];
  return version === 'latest' || Number(minor) >= 35;
}
