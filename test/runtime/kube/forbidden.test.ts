import { describe, expect, test } from 'vitest';
import { describeAction, type Forbidden, grantCommand } from '../../../runtime/kube/forbidden.ts';
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

describe('the commands that give a missing right', () => {
  const forbidden = (action: Action, identity: string | undefined): Forbidden => ({
    action,
    identity,
    hasRight: false,
  });

  test.each([
    [
      GET,
      ['get', 'patch'],
      'kubectl create role p-configmaps --namespace=n --verb=get,patch --resource=configmaps --resource-name=c && ' +
        'kubectl create rolebinding p-configmaps --namespace=n --role=p-configmaps --serviceaccount=n:p',
    ],
    [
      TOKEN,
      ['create'],
      'kubectl create role p-serviceaccounts --namespace=n --verb=create --resource=serviceaccounts/token --resource-name=a && ' +
        'kubectl create rolebinding p-serviceaccounts --namespace=n --role=p-serviceaccounts --serviceaccount=n:p',
    ],
    [
      LIST,
      ['list', 'watch'],
      'kubectl create clusterrole p-deployments --verb=list,watch --resource=deployments.apps && ' +
        'kubectl create clusterrolebinding p-deployments --clusterrole=p-deployments --serviceaccount=n:p',
    ],
  ])('can be pasted: %#', (action, verbs, commands) => {
    expect(grantCommand(forbidden(action, 'system:serviceaccount:n:p'), verbs)).toBe(commands);
  });

  test.each([
    ['ines', '--user=ines'],
    ['ines; rm -r ~', "--user='ines; rm -r ~'"],
    ['system:serviceaccount:n:p;q', "--user='system:serviceaccount:n:p;q'"],
    [undefined, '--user=USER'],
  ])('name the user %s as one word', (identity, flag) => {
    expect(grantCommand(forbidden(GET, identity), ['get'])).toBe(
      'kubectl create role user-configmaps --namespace=n --verb=get --resource=configmaps --resource-name=c && ' +
        `kubectl create rolebinding user-configmaps --namespace=n --role=user-configmaps ${flag}`,
    );
  });
});
