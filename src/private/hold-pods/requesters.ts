import type * as kplus from 'cdk8s-plus-27';
import { givenInWords } from '../validation/objects';
import { isTemplate } from '../validation/values';

/** Who sends a request to the API server: users and groups by their names. */
export interface Requesters {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** The requesters of some subjects. Subjects that `checkSubjects` reports are left out. */
export function requestersOf(subjects: readonly kplus.ISubject[]): Requesters {
  const all = subjects.filter(isSubject).map(configurationOf);
  return {
    users: all.filter(({ kind }) => kind !== 'Group').map(userNameOf),
    groups: all.filter(({ kind }) => kind === 'Group').map(({ name }) => name),
  };
}

/** The requesters with more users. */
export function withUsers({ users, groups }: Requesters, more: readonly string[]): Requesters {
  return { users: [...more, ...users], groups };
}

/** A CEL expression: whether one of these sends the request. */
export function isSentBy({ users, groups }: Requesters): string {
  return [
    ...(users.length === 0 ? [] : [`request.userInfo.username in ${celList(users)}`]),
    ...(groups.length === 0
      ? []
      : [`request.userInfo.?groups.orValue([]).exists(group, group in ${celList(groups)})`]),
  ].join(' || ');
}

/** The requesters, for a message of the API server. */
export function inWords({ users, groups }: Requesters): string {
  return [...users, ...groups.map((group) => `group ${group}`)].join(', ') || 'nobody';
}

/** A list of strings in CEL. */
function celList(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`;
}

/** A string in CEL. All escapes of JSON are escapes of CEL too. */
export function celString(text: string): string {
  return JSON.stringify(text);
}

/** A subject's kind, name and namespace. A pod as a subject leaves out the namespace of its ServiceAccount. */
function configurationOf(subject: kplus.ISubject): kplus.SubjectConfiguration {
  const { metadata } = subject as Partial<kplus.Resource>;
  const given = subject.toSubjectConfiguration();
  return { ...given, namespace: given.namespace ?? metadata?.namespace };
}

/** The user name of a ServiceAccount or a User. */
function userNameOf({ kind, name, namespace }: kplus.SubjectConfiguration): string {
  return kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name;
}

/** Checks the subjects in a prop. */
export function checkSubjects(prop: string, subjects: readonly kplus.ISubject[]): string[] {
  return subjects.flatMap((subject, index) => checkSubject(`${prop}[${index}]`, subject));
}

function checkSubject(prop: string, subject: kplus.ISubject): string[] {
  if (!isSubject(subject)) {
    return [
      `${prop} is ${givenInWords(subject)}: give a ServiceAccount, kplus.User.fromName(…) or kplus.Group.fromName(…).`,
    ];
  }
  const { kind, name, namespace } = configurationOf(subject);
  if (name === '') {
    return [`${prop} has no name: give the name of a ${kind}.`];
  }
  return kind === 'ServiceAccount' && namespace === undefined && !isTemplate(name)
    ? [
        `${prop} is the ServiceAccount ${name} without a namespace, and its user name needs one: give its chart a namespace.`,
      ]
    : [];
}

/** In other languages a caller may give any value. */
function isSubject(given: unknown): given is kplus.ISubject {
  return typeof (given as Partial<kplus.ISubject> | null)?.toSubjectConfiguration === 'function';
}
