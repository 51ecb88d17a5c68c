import { expect, test } from 'vitest';
import { apiServerAt } from '../../../../runtime/kube/api-server.ts';
import { credentialOf } from '../../../../runtime/programs/multisite-init/credential/credential.ts';
import { result } from '../../../../runtime/programs/multisite-init/result.ts';
import type { Outcome } from '../../../../runtime/programs/multisite-init/run.ts';
import { optionsOf } from '../../../support/options-of.ts';

function token(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

const IAT = Date.parse('2030-01-01T00:00:00Z') / 1000;
const HOUR = { iat: IAT, exp: IAT + 3600 };
const BOUND = { 'kubernetes.io': { pod: { name: 'app-0' } } };

function outcome(text: string, more: Partial<Outcome> = {}): Outcome {
  return {
    written: true,
    resourceVersion: '7',
    server: apiServerAt('10.0.0.1', 443, 'CA'),
    credential: { ...credentialOf(text), certificateAuthorityData: 'Q0E=', renewal: 0, isTried: true },
    conflicts: 0,
    verifiedAs: undefined,
    planned: undefined,
    ...more,
  };
}

test.each([
  ['token without an end', 'opaque'],
  ['token without an end', token({ iat: IAT })],
  ['token until 2030-01-01T01:00:00.000Z', token(HOUR)],
  ['token until pod app-0 ends', token(BOUND)],
  ['token until pod app-0 ends, at the latest 2030-01-01T01:00:00.000Z', token({ ...HOUR, ...BOUND })],
  // One that says it ended before it began says nothing.
  ['token without an end', token({ iat: IAT, exp: IAT - 1 })],
])('says how long the token serves: %s', (life, text) => {
  const where = 'configmap n/multisite-kubeconfig-configmap, key kubeconfig';
  expect(result(outcome(text), optionsOf('--namespace=n'))).toBe(
    `wrote context "central" (https://10.0.0.1:443, user "user00", ${life}) to ${where}`,
  );
});

test('says where it is when there was nothing to do, and who that is', () => {
  const options = optionsOf('--namespace=n', '--secret=s', '--key=k', '--location=l', '--user=u');
  const text = result(outcome('opaque', { written: false, verifiedAs: 'somebody' }), options);
  expect(text).toBe(
    'nothing to do: context "l" (https://10.0.0.1:443, user "u", token without an end) is in secret n/s, key k\n' +
      'verified: it authenticates as somebody',
  );
});

test.each([
  [['--configmap=c'], { configMap: 'c' }],
  [['--secret=s'], { secret: 's' }],
])('is one object as JSON, with %j', (args, target) => {
  const said = result(
    outcome(token({ ...HOUR, ...BOUND }), { verifiedAs: 'somebody' }),
    optionsOf('--namespace=n', '--log-format=json', ...args),
  );
  expect(JSON.parse(said)).toEqual({
    result: 'written',
    namespace: 'n',
    ...target,
    key: 'kubeconfig',
    location: 'central',
    user: 'user00',
    server: 'https://10.0.0.1:443',
    tokenExpires: '2030-01-01T01:00:00.000Z',
    tokenEndsWithPod: 'app-0',
    resourceVersion: '7',
    verifiedAs: 'somebody',
  });
});

test('leaves out of the JSON what there is not', () => {
  const said = JSON.parse(
    result(outcome('opaque', { written: false }), optionsOf('--namespace=n', '--log-format=json')),
  );
  expect(said).toMatchObject({ result: 'nothing to do' });
  for (const field of ['tokenExpires', 'tokenEndsWithPod', 'verifiedAs', 'secret']) {
    expect(said).not.toHaveProperty(field);
  }
});
