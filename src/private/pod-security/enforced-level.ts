import { type ApiObject, Chart } from 'cdk8s';
import { rendered } from '../api-objects';
import { isPodSecurityLevel, type PodSecurityLevel } from './levels';

const LEVEL_LABEL = 'pod-security.kubernetes.io/enforce';
const VERSION_LABEL = 'pod-security.kubernetes.io/enforce-version';

/** A Namespace of the app, as it is rendered: patches may have changed what the construct says. */
export interface NamespaceLabels {
  readonly name: string;
  readonly chart: Chart;
  readonly labels: Readonly<Record<string, string>>;
}

/** The namespaces among the objects of an app. */
export function namespacesOf(objects: readonly ApiObject[]): NamespaceLabels[] {
  return objects.filter(({ kind }) => kind === 'Namespace').map(labelsOf);
}

function labelsOf(object: ApiObject): NamespaceLabels {
  const { name = object.name, labels = {} } = rendered(object)?.metadata ?? {};
  return { name, chart: Chart.of(object), labels };
}

/**
 * The Pod Security level that a namespace enforces, as far as the app says: the Namespace of that name in the pod's own
 * chart, else all of that name, which may be of several clusters, if they agree. None where there is no such Namespace,
 * where it leaves the level to the cluster, and where it takes the level as an older Kubernetes had it, which is not
 * known here.
 */
export function enforcedLevel(
  namespaces: readonly NamespaceLabels[],
  chart: Chart,
): PodSecurityLevel | undefined {
  const own = namespaces.filter((namespace) => namespace.chart === chart);
  const levels = new Set((own.length > 0 ? own : namespaces).map(levelOf));
  const [level] = levels;
  return levels.size === 1 ? level : undefined;
}

function levelOf({ labels }: NamespaceLabels): PodSecurityLevel | undefined {
  const level = labels[LEVEL_LABEL];
  return isPodSecurityLevel(level) && isKnownVersion(labels[VERSION_LABEL]) ? level : undefined;
}

/** The levels have not changed since Kubernetes 1.35. */
function isKnownVersion(version = 'latest'): boolean {
  const minor = /^v1\.(\d+)$/.exec(version)?.[1];
  return version === 'latest' || Number(minor) >= 35;
}
