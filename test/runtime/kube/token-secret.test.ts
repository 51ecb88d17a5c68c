import { expect, test } from 'vitest';
import { getTokenSecret } from '../../../runtime/kube/token-secret.ts';
import { unaborted } from '../../support/unaborted.ts';

/** The token of a Secret with such bytes under `token`. */
function tokenOf(bytes: Buffer): Promise<string> {
  const secret = {
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { resourceVersion: '1' },
    data: { token: bytes.toString('base64') },
  };
  const transport = { send: async () => secret, readLines: async () => {}, close: () => {} };
  return getTokenSecret(transport, 'ns', 'site', unaborted);
}

test('a token is what the Secret has', async () => {
  expect(await tokenOf(Buffer.from('a.b.c'))).toBe('a.b.c');
});

test('one that is empty may come yet', async () => {
  await expect(tokenOf(Buffer.from(''))).rejects.toMatchObject({ name: 'TokenPendingError' });
});

test.each([
  ['of two lines', Buffer.from('hush\nhush')],
  ['that is no text', Buffer.from([0x68, 0xff])],
])('one %s is refused, and not repeated', async (_, bytes) => {
  await expect(tokenOf(bytes)).rejects.toMatchObject({
    name: 'CredentialsError',
    message: 'secret ns/site does not hold exactly one token',
  });
});
