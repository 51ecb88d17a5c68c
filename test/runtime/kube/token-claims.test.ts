import { expect, test } from 'vitest';
import { tokenClaims } from '../../../runtime/kube/token-claims.ts';

const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

test('a token says whose it is, from when until when, and which pod it ends with', () => {
  const claims = {
    sub: 'system:serviceaccount:a:b',
    iat: 1_799_996_400,
    exp: 1_800_000_000,
    'kubernetes.io': { namespace: 'a', pod: { name: 'p', uid: 'u' } },
  };
  expect(tokenClaims(jwt(claims))).toEqual({
    subject: 'system:serviceaccount:a:b',
    issued: new Date('2027-01-15T07:00:00Z'),
    expires: new Date('2027-01-15T08:00:00Z'),
    pod: 'p',
  });
});

test.each(
  [
    ['', 'a.b.c', 'opaque', jwt({}), jwt(null), jwt('x'), jwt({ exp: 'soon' }), jwt({ exp: 1e300 })],
    [jwt({ sub: 7, 'kubernetes.io': 'x' }), jwt({ 'kubernetes.io': { pod: null } })],
  ].flat(),
)('%s says nothing', (token) => {
  const nothing = { subject: undefined, issued: undefined, expires: undefined, pod: undefined };
  expect(tokenClaims(token)).toEqual(nothing);
});
