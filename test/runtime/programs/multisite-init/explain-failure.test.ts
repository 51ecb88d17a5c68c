import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../../runtime/kube/errors.ts';
import type { Action } from '../../../../runtime/kube/resource.ts';
import { SharedUserError } from '../../../../runtime/kubeconfig/refused-error.ts';
import { failureOf } from '../../../../runtime/programs/multisite-init/explain-failure.ts';
import { UselessEntryError } from '../../../../runtime/programs/multisite-init/run.ts';
import { UnverifiedServerError } from '../../../../runtime/programs/multisite-init/verify-server.ts';
import { optionsOf } from '../../../support/options-of.ts';

const POD_TOKEN = '/sa/token';
const TARGET: Action = { verb: 'get', group: '', resource: 'configmaps', namespace: 'n', name: 'c' };
const OTHER: Action = { verb: 'get', group: '', resource: 'secrets', namespace: 'n', name: 's' };

function unauthorized(action: Action): ApiError {
  const request = { name: 'GET https://a/b', action };
  return new ApiError(request, 401, { reason: 'Unauthorized', message: 'Unauthorized', details: undefined });
}

test.each([
  ['central', '--user=central'],
  ["o'hare", "--user='o'\\''hare'"],
])('the hint for a shared user has the exact flag for the free name %s', (freeName, flag) => {
  const { hint } = failureOf(new SharedUserError('shared', freeName), optionsOf('--namespace=n'), POD_TOKEN);
  expect(hint).toBe(`Give this site its own user name (prop or Helm value user): ${flag}`);
});

describe('a 401 is told with the credential, and with the file that holds it', () => {
  const target = ['--target-kubeconfig=/central/kubeconfig', '--server=https://s', '--ca-file=/ca'];

  test.each([
    ['the pod', [], TARGET],
    ['the pod, which asks its own API server', target, OTHER],
  ])('%s', (_, flags, action) => {
    const options = optionsOf('--namespace=n', '--configmap=c', ...flags);
    const { message, hint } = failureOf(unauthorized(action), options, POD_TOKEN);
    expect(message).toBe("the API server does not accept the pod's own token (401 Unauthorized)");
    expect(hint).toMatch(/^Delete this pod: .* \/sa\/token has expired/);
  });

  test.each([
    [[], 'the current context in /central/kubeconfig'],
    [['--target-context=central'], 'context "central" in /central/kubeconfig'],
  ])('--target-kubeconfig %s', (flags, credential) => {
    const options = optionsOf('--namespace=n', '--configmap=c', ...target, ...flags);
    const { message, hint } = failureOf(unauthorized(TARGET), options, POD_TOKEN);
    expect(message).toBe(
      `the credential of ${credential} is not accepted: GET https://a/b: 401: Unauthorized`,
    );
    expect(hint).toMatch(/^Renew the credential in \/central\/kubeconfig \(/);
  });

  test.each([
    [[], /^Delete this pod: .* \/sa\/token /],
    [['--token-source=request', '--service-account=site'], /serviceaccount site /],
    [['--token-source=secret', '--token-secret=site-token'], /secret site-token /],
    [['--token-source=file', '--token-file=/t', '--server=https://s', '--ca-file=/ca'], / into \/t\.$/],
  ])('the token to write: %s', (flags, words) => {
    const options = optionsOf('--namespace=n', ...flags);
    expect(failureOf(new UselessEntryError('useless'), options, POD_TOKEN).hint).toMatch(words);
    const unverified = new UnverifiedServerError('unverified', unauthorized(OTHER));
    const { hint } = failureOf(unverified, options, POD_TOKEN);
    expect(hint.replace(/ Or correct --server\.$/, '')).toMatch(words);
    expect(hint).toMatch(/ Or correct --server\.$/);
  });
});
