import { ApiObject, App, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { identityOfObject, namesakeKey } from '../api-objects';
import { type AppModel, grouped } from '../app-model';
import { AppRecord } from '../app-record';
import { reportAtSynthesis } from './report';

/** The objects that one of our constructs names. */
export interface Naming {
  readonly construct: IConstruct;
  /** Call this at synthesis: children may be added until then. */
  readonly objects: () => readonly ApiObject[];
  /** What to do if another of our constructs uses the same names. */
  readonly hint: string;
}

/** Two objects of one name. The one that is applied later would overwrite the other. */
interface Namesakes {
  readonly object: ApiObject;
  readonly other: ApiObject;
}

/**
 * Reports other objects of the chart with the same kind and name as one of the resources. If two of our constructs use
 * the same names, that is one mistake, reported by the later construct. If an outer and an inner construct both name an
 * object, it belongs to the outer one.
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
    // A Namespace is always a separate mistake, because it has its own hint.
    other.kind === 'Namespace' ? other : (app.namings.get(other) ?? other),
  );
  return [
    ...[...mistakes.values()].map((mistake) => describeNamesakes(mistake, naming, app)),
    ...objects.flatMap((object) => checkSameFile(object, app)),
  ];
}

/**
 * If several of our objects have the same name, each later one is compared with the first only. The first is compared
 * with the objects of other constructs.
 */
function namesakesOf(object: ApiObject, { objects, namings }: AppModel): Namesakes[] {
  const all = objects.get(identityOfObject(object)) ?? [];
  const first = all.find((other) => namings.has(other));
  return all
    .filter((other) => other !== object && (object === first ? !namings.has(other) : other === first))
    .map((other) => ({ object, other }));
}

function describeNamesakes([first, ...more]: readonly Namesakes[], { hint }: Naming, app: AppModel): string {
  if (first === undefined) {
    throw new Error('no other object has this name');
  }
  const { object, other } = first;
  const theirs = app.namings.get(other);
  const what = `${object.kind} ${object.name}`;
  if (more.length > 0 && theirs !== undefined) {
    const others = more.length === 1 ? 'another object' : `${more.length} other objects`;
    return (
      `${theirs.construct.node.path} also renders ${what} and ${others}, and the objects that are applied later would overwrite ` +
      `the others: ${hint}`
    );
  }
  return `${other.node.path} also renders ${what}, and the object that is applied later would overwrite the other: ${hintFor(object, theirs && hint)}`;
}

function hintFor({ kind }: ApiObject, hint = 'give one of them another name.'): string {
  return kind === 'Namespace'
    ? 'let only one of them create the namespace (createNamespace: false in the other).'
    : hint;
}

/** If cdk8s writes one file per object, the file name has only the kind and the name. */
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
