import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';

/**
 * The identity of an object. Objects of one chart must have different identities, because the API server treats equal
 * identities as one object. Objects of different charts never conflict, even in one namespace: an app may have one
 * chart per cluster.
 */
export function identityOf(
  kind: string,
  name: string,
  chart: IConstruct,
  namespace: string | undefined,
): string {
  return [chart.node.path, namespace ?? '', kind, name].join('\n');
}

export function identityOfObject(object: ApiObject): string {
  const kind = `${object.apiGroup}/${object.kind}`;
  return identityOf(kind, object.name, Chart.of(object), object.metadata.namespace);
}

/** The key of an object that pods of the chart mount. */
export function mountKey(kind: string, name: string, chart: IConstruct): string {
  return identityOf(kind, name, chart, undefined);
}

/** The key of all objects with the same kind and name. */
export function namesakeKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}\n${name}`;
}

/**
 * The rendered object. Undefined if the object cannot be rendered. An object that cannot be rendered makes the
 * synthesis fail later. Until then the other mistakes must still be reported.
 */
// biome-ignore lint/suspicious/noExplicitAny: cdk8s has no other type for it.
export function rendered(object: ApiObject): any {
  try {
    return object.toJson();
  } catch {
    return undefined;
  }
}

export function isResource(construct: IConstruct): construct is kplus.Resource {
  return construct instanceof kplus.Resource;
}

/** The API object of a construct. Undefined unless the construct has exactly one. */
export function apiObjectOf(construct: IConstruct): ApiObject | undefined {
  try {
    return ApiObject.of(construct);
  } catch {
    return undefined;
  }
}

/** Removes the chart's namespace from a cluster-scoped object. */
export function clusterScoped<T extends IConstruct>(resource: T): T {
  const object = ApiObject.of(resource);
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return resource;
}
