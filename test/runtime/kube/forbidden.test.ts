import { describe, expect, test } from 'vitest';
import { describeAction, type Forbidden, missingRule } from '../../../runtime/kube/forbidden.ts';
import type { Action } from '../../../runtime/kube/resource.ts';

const GET: Action = { verb: 'get', group: '', resource: 'configmaps', namespace: 'n', name: 'c' };
const TOKEN: Action = {
  verb: 'create',
  group: '',
  resource: 'serviceaccounts',
  subresource: 'token',
  namespace: 'n',
  name: 'a',
};
const LIST: Action = {
  verb: 'list',
  group: 'apps',
  resource: 'deployments',
  namespace: undefined,
  name: undefined,
};

test.each([
  [GET, 'get configmaps "c" in namespace "n"'],
  [TOKEN, 'create serviceaccounts/token "a" in namespace "n"'],
  [LIST, 'list deployments'],
])('an action in words: %#', (action, words) => {
  expect(describeAction(action)).toBe(words);
});

describe('the missing rule', () => {
  const forbidden = (action: Action): Forbidden => ({
    action,
    identity: 'system:serviceaccount:n:p',
    hasRight: false,
  });

  test.each([
    [
      GET,
      ['get', 'patch'],
      'a Role in namespace n with apiGroups [""], resources ["configmaps"], resourceNames ["c"], verbs ["get", "patch"].',
    ],
    [
      TOKEN,
      ['create'],
      'a Role in namespace n with apiGroups [""], resources ["serviceaccounts/token"], resourceNames ["a"], verbs ["create"].',
    ],
    [
      LIST,
      ['list', 'watch'],
      'a ClusterRole with apiGroups ["apps"], resources ["deployments"], verbs ["list", "watch"].',
    ],
  ])('can be typed into a Role: %#', (action, verbs, role) => {
    expect(missingRule(forbidden(action), verbs)).toBe(`Let system:serviceaccount:n:p have ${role}`);
  });

  test('names nobody where the server did not say who asked', () => {
    expect(missingRule({ ...forbidden(GET), identity: undefined }, ['get'])).toMatch(
      /^Let the identity of this program have a Role/,
    );
  });
});
