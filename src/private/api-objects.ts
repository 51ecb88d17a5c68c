import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';

/**
 * What objects of one chart must not have in common: to the API server those of one identity are one object. Charts are
 * apart even in one namespace, since an app may have one for each of several clusters.
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

/** What pods of a chart mount. */
export function mountKey(kind: string, name: string, chart: IConstruct): string {
  return identityOf(kind, name, chart, undefined);
}

/** Objects of one kind and name. */
export function namesakeKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}\n${name}`;
}

/**
 * What an object is rendered as; undefined where it cannot be. That stops the synthesis later on, and must not keep
 * other mistakes from being reported.
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

/** The one API object of a construct; none where it has several, or has none. */
export function apiObjectOf(construct: IConstruct): ApiObject | undefined {
  try {
    return ApiObject.of(construct);
  } catch {
    return undefined;
  }
}

/** Takes the chart's namespace off an object that is in none. */
export function clusterScoped<T extends IConstruct>(resource: T): T {
  const object = ApiObject.of(resource);
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return resource;
}
