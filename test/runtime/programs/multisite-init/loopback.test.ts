import { expect, test } from 'vitest';
import { loopbackAddressOf } from '../../../../runtime/programs/multisite-init/loopback.ts';

test('an address is looked up no longer than there is time', async () => {
  const found = loopbackAddressOf('api.example.test', 20, () => new Promise(() => {}));
  await expect(found).rejects.toMatchObject({
    name: 'UnreachableError',
    retryWhen: 'transient',
    message: 'api.example.test got no address within 0.02 s',
  });
});

test.each([
  [['10.0.0.1', 'fd00::1'], undefined],
  [['10.0.0.1', '::1'], '::1'],
])('of %j the loopback address is %s', async (addresses, loopback) => {
  const lookUp = async () => addresses.map((address) => ({ address }));
  expect(await loopbackAddressOf('api.example.test', 1000, lookUp)).toBe(loopback);
});
