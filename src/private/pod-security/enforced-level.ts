import { type ApiObject, Chart } from 'cdk8s';
import { rendered } from '../api-objects';
import { isPodSecurityLevel, type PodSecurityLevel } from './levels';

const LEVEL_LABEL = 'pod-security.kubernetes.io/enforce';
const VERSION_LABEL = 'pod-security.kubernetes.io/enforce-version';

/** A rendered Namespace of the app. Patches may have changed the construct's labels. */
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
 * The Pod Security level that the app's Namespace object enforces. A Namespace in the pod's own chart decides. If that
 * chart has none, all Namespaces with that name count. They must have the same level. Undefined if there is no such
 * Namespace, if it sets no level, or if it sets `enforce-version` to an older version, whose rules are not known here.
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
