import { type ApiObject, Chart } from 'cdk8s';
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
