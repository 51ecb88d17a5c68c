import { ApiObject, App, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { identityOfObject, namesakeKey } from '../api-objects';
import type { AppModel } from '../app-model';

/** Other objects of the chart with the name of one of these, of which the one applied later would overwrite the other. */
export function checkNames(resources: readonly IConstruct[], app: AppModel): string[] {
  return resources
    .map(ApiObject.of)
    .flatMap((object) => [...checkSameName(object, app), ...checkSameFile(object, app)]);
}

/** Where both objects are ours, both constructs report it. */
function checkSameName(object: ApiObject, { objects }: AppModel): string[] {
  const hint =
    object.kind === 'Namespace'
      ? 'leave the creation of the namespace to one (createNamespace: false).'
      : 'give one of them another name.';
  return (objects.get(identityOfObject(object)) ?? [])
    .filter((other) => other !== object)
    .map(
      (other) =>
        `${object.kind} ${object.name} is rendered by ${other.node.path}, too, and the one applied later would ` +
        `overwrite the other: ${hint}`,
    );
}

/** With a file for each object cdk8s calls it after kind and name alone. */
function checkSameFile(object: ApiObject, { namesakes }: AppModel): string[] {
  const { root } = object.node;
  const output = root instanceof App ? root.yamlOutputType : undefined;
  if (
    output !== YamlOutputType.FILE_PER_RESOURCE &&
    output !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
  ) {
    return [];
  }
  return (namesakes.get(namesakeKey(object)) ?? [])
    .filter((other) => other.chart === object.chart && other.metadata.namespace !== object.metadata.namespace)
    .map(
      (other) =>
        `${object.kind} ${object.name} and ${other.node.path} are in two namespaces, and cdk8s would write both to one ` +
        'file: give the App another yamlOutputType.',
    );
}
