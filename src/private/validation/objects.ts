import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { report } from './report';
import { checkObjectName } from './values';

type Maker<T> = (scope: Construct, id: string, name: string) => T;

interface ObjectOfKind {
  readonly ConfigMap: kplus.IConfigMap;
  readonly Secret: kplus.ISecret;
  readonly ServiceAccount: kplus.IServiceAccount;
  readonly ClusterRole: kplus.IClusterRole;
  readonly PersistentVolumeClaim: kplus.IPersistentVolumeClaim;
}

/** The kinds of object that props take. */
export type ObjectKind = keyof ObjectOfKind;

const MAKERS: { readonly [K in ObjectKind]: Maker<ObjectOfKind[K]> } = {
  ConfigMap: kplus.ConfigMap.fromConfigMapName,
  Secret: kplus.Secret.fromSecretName,
  ServiceAccount: kplus.ServiceAccount.fromServiceAccountName,
  ClusterRole: kplus.ClusterRole.fromClusterRoleName,
  PersistentVolumeClaim: kplus.PersistentVolumeClaim.fromClaimName,
};

/** Whether something is an object of a kind, of any cdk8s-plus. Whoever writes no TypeScript may give anything. */
export function isObject(given: unknown, kind: ObjectKind): boolean {
  const object = given as Partial<kplus.IResource> | undefined;
  // An ApiObject has no resource type, by which a Role would name it.
  return object?.kind === kind && typeof object.name === 'string' && typeof object.resourceType === 'string';
}

/** Whether what was given for a prop is an object of a kind. */
export function checkObject(prop: string, given: unknown, kind: ObjectKind): string[] {
  return isObject(given, kind) ? [] : [`${prop} is ${givenInWords(given)}: ${hintFor(given, kind)}`];
}

/** Whether what was given for a prop is an object of a kind, with a name that it can have. */
export function checkNamedObject(prop: string, given: kplus.IResource, kind: ObjectKind): string[] {
  return isObject(given, kind) ? checkObjectName(`${prop}.name`, given.name) : checkObject(prop, given, kind);
}

/** The object that was given for a prop. Another one takes the place of what is none, which is reported, until synthesis. */
export function rightObject<K extends ObjectKind>(
  construct: Construct,
  prop: string,
  given: ObjectOfKind[K],
  kind: K,
): ObjectOfKind[K] {
  if (isObject(given, kind)) {
    return given;
  }
  report(construct, checkObject(prop, given, kind));
  return standIn(construct, prop, kind);
}

/** The same of a prop that may be left out. */
export function rightObjectIfAny<K extends ObjectKind>(
  construct: Construct,
  prop: string,
  given: ObjectOfKind[K] | undefined,
  kind: K,
): ObjectOfKind[K] | undefined {
  return given === undefined ? undefined : rightObject(construct, prop, given, kind);
}

/** An object that lets a construct go on until synthesis fails. */
export function standIn<K extends ObjectKind>(construct: Construct, prop: string, kind: K): ObjectOfKind[K] {
  return MAKERS[kind](construct, `Instead-${prop}`, `instead-${construct.node.addr}`);
}

function hintFor(given: unknown, kind: ObjectKind): string {
  const part = `${kind[0]?.toLowerCase()}${kind.slice(1)}`;
  const parts = (Construct.isConstruct(given) ? given : {}) as Readonly<Record<string, unknown>>;
  return isObject(parts[part], kind)
    ? `give its ${part}.`
    : `give a ${kind}; one that exists already is named by kplus.${kind}.${MAKERS[kind].name}(…).`;
}

/** What was given for a prop, for messages. */
export function givenInWords(given: unknown): string {
  if (!Construct.isConstruct(given)) {
    return typeof given === 'string' ? `the text ${JSON.stringify(given)}` : 'no construct';
  }
  const { kind, name } = given as Partial<kplus.IResource>;
  return `the ${kind ?? given.constructor.name} ${name ?? given.node.path}`;
}
