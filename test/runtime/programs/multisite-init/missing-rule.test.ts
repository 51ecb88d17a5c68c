import { expect, test } from 'vitest';
import { missingRule } from '../../../../runtime/programs/multisite-init/missing-rule.ts';
import type { Options } from '../../../../runtime/programs/multisite-init/options.ts';
import { parseCommandLine } from '../../../../runtime/programs/multisite-init/parse-command-line.ts';

function optionsOf(...args: string[]): Options {
  const commandLine = parseCommandLine(['--namespace=n', '--configmap=c', ...args]);
  if (commandLine.kind !== 'run') {
    throw new Error('not a run');
  }
  return commandLine.options;
}

/** As the API server says it. */
function forbidden(resource: string, name: string, verb: string, where = ' in the namespace "n"'): string {
  const [group] = resource.split('/');
  return `${group}${name === '' ? '' : ` "${name}"`} is forbidden: User "system:serviceaccount:n:p" cannot ${verb} resource "${resource}" in API group ""${where}`;
}

const rule = (resource: string, name: string, verbs: string, namespace = 'n') =>
  `Let system:serviceaccount:n:p have a Role in namespace ${namespace} with apiGroups [""], resources ["${resource}"], resourceNames ["${name}"], verbs [${verbs}].`;

test.each<[string, string, string[], string]>([
  [
    'of the target, everything that is needed',
    forbidden('configmaps', 'c', 'get'),
    [],
    rule('configmaps', 'c', '"get", "patch"'),
  ],
  [
    'of the target with --watch',
    forbidden('configmaps', 'c', 'patch'),
    ['--watch'],
    rule('configmaps', 'c', '"get", "patch", "watch"'),
  ],
  [
    'of another object of that kind, what was asked for',
    forbidden('configmaps', 'd', 'get'),
    [],
    rule('configmaps', 'd', '"get"'),
  ],
  [
    'of a token, the subresource',
    forbidden('serviceaccounts/token', 'a', 'create'),
    [],
    rule('serviceaccounts/token', 'a', '"create"'),
  ],
  [
    'of a watch, whose message has no name: the one of the target',
    forbidden('configmaps', '', 'watch'),
    ['--watch'],
    rule('configmaps', 'c', '"watch"'),
  ],
  [
    'in another namespace',
    forbidden('secrets', 's', 'get', ' in the namespace "m"'),
    [],
    rule('secrets', 's', '"get"', 'm'),
  ],
  [
    'in the namespace of the target, where the message names none',
    forbidden('configmaps', 'c', 'get', ' at the cluster scope'),
    [],
    rule('configmaps', 'c', '"get", "patch"'),
  ],
  [
    'with what an authorizer adds to it',
    `${forbidden('configmaps', 'c', 'get')}: RBAC: role.rbac.authorization.k8s.io "x" not found`,
    [],
    rule('configmaps', 'c', '"get", "patch"'),
  ],
])('%s', (_, detail, args, expected) => {
  expect(missingRule(detail, optionsOf(...args))).toBe(expected);
});

test('a Secret with the name of the target is the target only where that is a Secret', () => {
  const detail = forbidden('secrets', 'c', 'get');
  expect(missingRule(detail, optionsOf())).toBe(rule('secrets', 'c', '"get"'));
  const [namespace, secret] = ['--namespace=n', '--secret=c'];
  const commandLine = parseCommandLine([namespace, secret]);
  if (commandLine.kind !== 'run') {
    throw new Error('not a run');
  }
  expect(missingRule(detail, commandLine.options)).toBe(rule('secrets', 'c', '"get", "patch"'));
});

test.each([
  '',
  'no such thing',
  'admission webhook "nosy" denied the request: not today',
  'configmaps "c" is forbidden: exceeded quota: all, requested: 1',
])('is none where something else than RBAC said no: %j', (detail) => {
  expect(missingRule(detail, optionsOf())).toBeUndefined();
});
