import { ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** Takes the chart's namespace off an object that is in none. */
export function clusterScoped<T extends IConstruct>(resource: T): T {
  const object = ApiObject.of(resource);
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return resource;
}
