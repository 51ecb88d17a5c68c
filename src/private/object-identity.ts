import { type ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** What objects must not have in common: to the API server those of one identity are one object. */
export function identityOf(kind: string, name: string, scope: IConstruct, namespace?: string): string {
  // A chart without a namespace is applied to one, which another such chart need not be.
  const place = namespace === undefined ? `chart ${Chart.of(scope).node.path}` : `namespace ${namespace}`;
  return [place, kind, name].join('\n');
}

export function identityOfObject(object: ApiObject): string {
  return identityOf(`${object.apiGroup}/${object.kind}`, object.name, object, object.metadata.namespace);
}
