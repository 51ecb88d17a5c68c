import { expect, test } from 'vitest';
import { loopbackAddressOf } from '../../../../runtime/programs/multisite-init/loopback.ts';
import { unaborted } from '../../../support/unaborted.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

test('an address is looked up no longer than there is time', async () => {
  const clock = virtualClock();
  const found = loopbackAddressOf('api.example.test', clock, unaborted, () => new Promise(() => {}));
  const outcome = expect(found).rejects.toMatchObject({
    name: 'UnreachableError',
    retryWhen: 'transient',
    message: 'the address of api.example.test was not resolved within 10 s',
  });
  await clock.pass(10_000);
  await outcome;
});

test.each([
  [['10.0.0.1', 'fd00::1'], undefined],
  [['10.0.0.1', '::1'], '::1'],
])('of %j the loopback address is %s', async (addresses, loopback) => {
  const lookUp = async () => addresses.map((address) => ({ address }));
  expect(await loopbackAddressOf('api.example.test', virtualClock(), unaborted, lookUp)).toBe(loopback);
});
