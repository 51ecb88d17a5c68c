import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { identityOf, namesakeKey, rendered } from './api-objects';
import type { AppModel } from './app-model';
import { isTemplate } from './validation/values';

/**
 * What the app renders of a ConfigMap or Secret that a pod uses. One that is known only by its name may still be of the app, by
 * `Include` or `Helm`: in the pod's chart, or else as the only one of that name and namespace. None where it exists already, where
 * nothing tells which of several it is, as of an app with a chart for each of several clusters, and where its name is a template.
 */
export function declaredObject(
  resource: kplus.IResource,
  pod: kplus.AbstractPod | undefined,
  { objects, namesakes }: AppModel,
): ApiObject | undefined {
  if (resource instanceof kplus.Resource) {
    return ApiObject.of(resource);
  }
  const { kind, name } = resource;
  if (pod === undefined || isTemplate(name)) {
    return undefined;
  }
  const { namespace } = pod.metadata;
  const [own] = objects.get(identityOf(`core/${kind}`, name, Chart.of(pod), namespace)) ?? [];
  const others = (namesakes.get(namesakeKey({ kind, name })) ?? []).filter(
    (other) => other.apiGroup === 'core' && other.metadata.namespace === namespace,
  );
  return own ?? (others.length === 1 ? others[0] : undefined);
}

/** What is looked at of a ConfigMap or Secret. */
export interface Declared {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: object;
  readonly binaryData?: object;
  readonly stringData?: object;
}

/** What a ConfigMap or Secret of the app declares, after all patches; nothing where the app does not render it. */
export function declaredBy(object: ApiObject | undefined): Declared {
  return (object && rendered(object)) ?? {};
}

/** The keys that a ConfigMap or Secret declares. */
export function declaredKeys({ data, binaryData, stringData }: Declared): string[] {
  return Object.keys({ ...data, ...binaryData, ...stringData });
}
