import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { AppIndex } from './app-index';
import { identityOfObject } from './object-identity';

/** Other objects of the app with the name of one of these, of which the one applied later would overwrite the other. */
export function duplicateNameErrors(resources: readonly IConstruct[], { objects }: AppIndex): string[] {
  return resources
    .map(ApiObject.of)
    .flatMap((object) =>
      (objects.get(identityOfObject(object)) ?? [])
        .filter((other) => other !== object)
        .map(
          (other) =>
            `${object.kind} ${object.name} is rendered by ${other.node.path}, too, and the one applied later would ` +
            'overwrite the other: give one of them another name.',
        ),
    );
}
