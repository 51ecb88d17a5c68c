import { expect, test } from 'vitest';
import { tokenExpiry } from '../../../runtime/kube/token.ts';

const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

test('a token says when it ends', () => {
  expect(tokenExpiry(jwt({ exp: 1_800_000_000 }))).toEqual(new Date('2027-01-15T08:00:00Z'));
});

test.each(
  [['', 'a.b.c', 'opaque', jwt({}), jwt(null), jwt('x'), jwt({ exp: 'soon' }), jwt({ exp: 1e300 })]].flat(),
)('%s says nothing', (token) => {
  expect(tokenExpiry(token)).toBeUndefined();
});
