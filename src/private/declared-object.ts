import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { identityOf, namesakeKey, rendered } from './api-objects';
import type { AppModel } from './app-model';
import { isTemplate } from './validation/values';

/**
 * The app's object for a ConfigMap or Secret that a pod uses. If only the name is known, `Include` or `Helm` may still
 * render the object: in the pod's chart, or in another chart if only one object has this name and namespace. Undefined
 * if the object exists already, if its name is a template, or if several objects match (for example with one chart per
 * cluster).
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

/** The fields of a ConfigMap or Secret that the checks read. */
export interface Declared {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: object;
  readonly binaryData?: object;
  readonly stringData?: object;
}

/**
 * The fields that a ConfigMap or Secret of the app declares, after all patches. Empty if the app does not render it.
 */
export function declaredBy(object: ApiObject | undefined): Declared {
  return (object && rendered(object)) ?? {};
}

export function declaredKeys({ data, binaryData, stringData }: Declared): string[] {
  return Object.keys({ ...data, ...binaryData, ...stringData });
}
