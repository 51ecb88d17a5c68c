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

/** The kinds of objects in props. */
export type ObjectKind = keyof ObjectOfKind;

const MAKERS: { readonly [K in ObjectKind]: Maker<ObjectOfKind[K]> } = {
  ConfigMap: kplus.ConfigMap.fromConfigMapName,
  Secret: kplus.Secret.fromSecretName,
  ServiceAccount: kplus.ServiceAccount.fromServiceAccountName,
  ClusterRole: kplus.ClusterRole.fromClusterRoleName,
  PersistentVolumeClaim: kplus.PersistentVolumeClaim.fromClaimName,
};

/**
 * Whether a value is an object of a kind, of any version of cdk8s-plus. In other languages a caller may give any value.
 */
export function isObject(given: unknown, kind: ObjectKind): boolean {
  const object = given as Partial<kplus.IResource> | undefined;
  // An ApiObject has no resource type, and a Role needs one to name the object.
  return object?.kind === kind && typeof object.name === 'string' && typeof object.resourceType === 'string';
}

/** Checks that the value of a prop is an object of a kind. */
export function checkObject(prop: string, given: unknown, kind: ObjectKind): string[] {
  return isObject(given, kind) ? [] : [`${prop} is ${givenInWords(given)}: ${hintFor(given, kind)}`];
}

/** Checks that the value of a prop is an object of a kind, and that its name is valid. */
export function checkNamedObject(prop: string, given: kplus.IResource, kind: ObjectKind): string[] {
  return isObject(given, kind) ? checkObjectName(`${prop}.name`, given.name) : checkObject(prop, given, kind);
}

/**
 * The object that was given for a prop. If it is invalid, that is reported, and a stand-in is used until the synthesis
 * fails.
 */
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

/** `rightObject` for an optional prop. */
export function rightObjectIfAny<K extends ObjectKind>(
  construct: Construct,
  prop: string,
  given: ObjectOfKind[K] | undefined,
  kind: K,
): ObjectOfKind[K] | undefined {
  return given === undefined ? undefined : rightObject(construct, prop, given, kind);
}

/** An object that replaces an invalid one, so that the construct works until the synthesis fails. */
export function standIn<K extends ObjectKind>(construct: Construct, prop: string, kind: K): ObjectOfKind[K] {
  return MAKERS[kind](construct, `Instead-${prop}`, `instead-${construct.node.addr}`);
}

function hintFor(given: unknown, kind: ObjectKind): string {
  const part = `${kind[0]?.toLowerCase()}${kind.slice(1)}`;
  const parts = (Construct.isConstruct(given) ? given : {}) as Readonly<Record<string, unknown>>;
  return isObject(parts[part], kind)
    ? `give its ${part}.`
    : `give a ${kind}. If the ${kind} exists already, use kplus.${kind}.${MAKERS[kind].name}(…).`;
}

/** The value of a prop, for messages. */
export function givenInWords(given: unknown): string {
  if (!Construct.isConstruct(given)) {
    return typeof given === 'string' ? `the string ${JSON.stringify(given)}` : 'not a construct';
  }
  const { kind, name } = given as Partial<kplus.IResource>;
  return `the ${kind ?? given.constructor.name} ${name ?? given.node.path}`;
}
