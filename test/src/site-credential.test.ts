import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { SiteCredential } from '../../src/index.ts';
import { newChart } from './manifests.ts';

function requested(expiration?: Duration, name = 'site') {
  const account = kplus.ServiceAccount.fromServiceAccountName(newChart('sites'), 'Site', name);
  return { account, credential: SiteCredential.requested(account, { expiration }) };
}

describe('SiteCredential', () => {
  test('of the pod names no other ServiceAccount', () => {
    const { serviceAccount, expiration } = SiteCredential.podIdentity();
    expect({ serviceAccount, expiration }).toEqual({ serviceAccount: undefined, expiration: undefined });
  });

  test('requested is of the ServiceAccount given, for as long as is said', () => {
    const expiration = Duration.hours(8);
    const { account, credential } = requested(expiration);
    expect(credential.serviceAccount).toBe(account);
    expect(credential.expiration).toBe(expiration);
    expect(requested().credential.expiration).toBeUndefined();
    expect(SiteCredential.requested(account).expiration).toBeUndefined();
  });

  test.each([
    ['10 minutes', Duration.minutes(10)],
    ['2^32 seconds', Duration.seconds(2 ** 32)],
    ['whole seconds, however said', Duration.millis(601_000)],
  ])('lasts %s', (_, expiration) => {
    expect(requested(expiration).credential.expiration).toBe(expiration);
  });

  test.each([
    ['less than 10 minutes', Duration.seconds(599), 599],
    ['no time', Duration.seconds(0), 0],
    ['more than 2^32 seconds', Duration.seconds(2 ** 32 + 1), 2 ** 32 + 1],
    ['a fraction of a second', Duration.seconds(600.5), 600.5],
    ['milliseconds', Duration.millis(600_500), 600.5],
  ])('does not last %s', (_, expiration, seconds) => {
    expect(() => requested(expiration)).toThrow(
      `[test/Site] expiration ${seconds} s is not valid: give whole seconds, from 10 minutes to 2^32 seconds, as ` +
        'the API server takes no other.',
    );
  });

  test('is of no ServiceAccount without a name', () => {
    expect(() => requested(undefined, '')).toThrow(
      '[test/Site] serviceAccount.name "" is not valid: give lower-case letters',
    );
  });
});
