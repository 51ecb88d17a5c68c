import { ApiObject, App, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { identityOfObject, namesakeKey } from '../api-objects';
import { type AppModel, grouped } from '../app-model';
import { AppRecord } from '../app-record';
import { reportAtSynthesis } from './report';

/** The objects that a construct of ours gives their names. */
export interface Naming {
  readonly construct: IConstruct;
  /** At synthesis: children may be added until then. */
  readonly objects: () => readonly ApiObject[];
  /** What to do where another construct of ours gives the same names. */
  readonly hint: string;
}

/** Two objects of one name, of which the one applied later would overwrite the other. */
interface Namesakes {
  readonly object: ApiObject;
  readonly other: ApiObject;
}

/**
 * Reports other objects of the chart with the name of one of these. What two constructs of ours have in common is one mistake, of
 * the later construct. An object that a construct and one around it name is the outer one's.
 */
export function reportNames(
  construct: IConstruct,
  resources: () => readonly IConstruct[],
  hint = 'give one of them another `metadata.name`.',
): void {
  const naming: Naming = { construct, objects: () => resources().map(ApiObject.of), hint };
  AppRecord.of(construct).namings.push(naming);
  reportAtSynthesis(construct, (app) => checkNames(naming, app));
}

function checkNames(naming: Naming, app: AppModel): string[] {
  const objects = naming.objects().filter((object) => app.namings.get(object) === naming);
  const namesakes = objects.flatMap((object) => namesakesOf(object, app));
  const mistakes = grouped(namesakes, ({ other }) =>
    // Who creates a namespace is another question than what it is called.
    other.kind === 'Namespace' ? other : (app.namings.get(other) ?? other),
  );
  return [
    ...[...mistakes.values()].map((mistake) => sayNamesakes(mistake, naming, app)),
    ...objects.flatMap((object) => checkSameFile(object, app)),
  ];
}

/** Several objects of ours are each compared with the first of them alone, and that one with the objects of others. */
function namesakesOf(object: ApiObject, { objects, namings }: AppModel): Namesakes[] {
  const all = objects.get(identityOfObject(object)) ?? [];
  const first = all.find((other) => namings.has(other));
  return all
    .filter((other) => other !== object && (object === first ? !namings.has(other) : other === first))
    .map((other) => ({ object, other }));
}

function sayNamesakes([first, ...more]: readonly Namesakes[], { hint }: Naming, app: AppModel): string {
  if (first === undefined) {
    throw new Error('nobody has this name, too');
  }
  const { object, other } = first;
  const theirs = app.namings.get(other);
  const what = `${object.kind} ${object.name}`;
  if (more.length > 0 && theirs !== undefined) {
    const others = more.length === 1 ? 'another object' : `${more.length} other objects`;
    return (
      `${what} and ${others} are rendered by ${theirs.construct.node.path}, too, and those applied later would overwrite the ` +
      `others: ${hint}`
    );
  }
  return `${what} is rendered by ${other.node.path}, too, and the one applied later would overwrite the other: ${hintFor(object, theirs && hint)}`;
}

function hintFor({ kind }: ApiObject, hint = 'give one of them another name.'): string {
  return kind === 'Namespace'
    ? 'leave the creation of the namespace to one (components.createNamespace: false).'
    : hint;
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
