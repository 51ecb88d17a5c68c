import { describe, expect, test } from 'vitest';
import {
  ApiError,
  CredentialsError,
  ProxyUrlError,
  UntrustedError,
} from '../../../../runtime/kube/errors.ts';
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

describe('a server that is not trusted is told with its URL, and with where its CA is', () => {
  const target = ['--target-kubeconfig=/central/kubeconfig', '--server=https://s', '--ca-file=/ca'];

  test.each([
    [
      "the pod's own",
      'https://10.0.0.1',
      [],
      'Check that the mounted ca.crt belongs to the cluster at https://10.0.0.1 (KUBERNETES_SERVICE_HOST).',
    ],
    ['--server', 'https://s', target, 'Check that the CA in --ca-file belongs to the cluster at --server.'],
    [
      "the target, or the pod's own",
      'https://t',
      target,
      'Check that the CA in /central/kubeconfig belongs to the cluster at https://t. ' +
        "If https://t is the pod's own API server (KUBERNETES_SERVICE_HOST), check the mounted ca.crt instead.",
    ],
  ])('%s', (_, server, flags, hint) => {
    const options = optionsOf('--namespace=n', ...flags);
    expect(failureOf(new UntrustedError('untrusted', server), options, POD_TOKEN).hint).toBe(hint);
  });
});

test('a proxy-url is to be corrected in the document', () => {
  const options = optionsOf('--namespace=n', '--configmap=c');
  const { hint } = failureOf(new ProxyUrlError('https://s'), options, POD_TOKEN);
  expect(hint).toBe(
    'Correct proxy-url of this cluster in configmap n/c: other readers cannot reach the cluster either.',
  );
});

test("a missing file is to be mounted where the pod's token is", () => {
  const error = new CredentialsError('credential file', 'cannot read', '');
  expect(failureOf(error, optionsOf('--namespace=n'), POD_TOKEN).hint).toMatch(
    / token and ca\.crt at \/sa, as /,
  );
});
