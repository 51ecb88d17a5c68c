import type { ApiObject } from 'cdk8s';

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
