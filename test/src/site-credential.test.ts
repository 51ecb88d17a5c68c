import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { SiteCredential } from '../../src/index.ts';
import { mistakesIn, newChart } from './manifests.ts';

function requested(expiration?: Duration, name = 'site') {
  const chart = newChart('sites');
  const account = kplus.ServiceAccount.fromServiceAccountName(chart, 'Site', name);
  return { chart, account, credential: SiteCredential.requested(account, { expiration }) };
}

describe('SiteCredential', () => {
  test('of the pod names no other ServiceAccount, Secret or file', () => {
    const { serviceAccount, expiration, tokenSecret, tokenFile } = SiteCredential.podIdentity();
    expect([serviceAccount, expiration, tokenSecret, tokenFile]).toEqual(Array(4).fill(undefined));
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
    const { chart, credential } = requested(expiration);
    expect(credential.expiration).toBe(expiration);
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each([
    ['less than 10 minutes', Duration.seconds(599), 599],
    ['no time', Duration.seconds(0), 0],
    ['more than 2^32 seconds', Duration.seconds(2 ** 32 + 1), 2 ** 32 + 1],
    ['a fraction of a second', Duration.seconds(600.5), 600.5],
    ['milliseconds', Duration.millis(600_500), 600.5],
  ])('does not last %s', (_, expiration, seconds) => {
    const { chart } = requested(expiration);
    expect(mistakesIn(chart)).toEqual([
      `[test/Site] expiration ${seconds} s is not valid: give whole seconds, from 10 minutes to 2^32 seconds: the API server accepts nothing else.`,
    ]);
  });

  test('does not last a number', () => {
    expect(mistakesIn(requested(3600 as unknown as Duration).chart)).toEqual([
      '[test/Site] expiration is not a Duration: give one, for example Duration.minutes(30).',
    ]);
  });

  test('is of no ServiceAccount without a name', () => {
    expect(mistakesIn(requested(undefined, '').chart)).toEqual([
      expect.stringContaining(
        '[test/Site] serviceAccount.name "" is not valid: give at most 253 lower-case letters',
      ),
    ]);
  });

  test('of a Secret names that, and no ServiceAccount', () => {
    const secret = kplus.Secret.fromSecretName(newChart('sites'), 'Token', 'site-token');
    const credential = SiteCredential.secret(secret);
    expect(credential.tokenSecret).toBe(secret);
    expect(credential.serviceAccount).toBeUndefined();
    expect(credential.tokenFile).toBeUndefined();
  });

  test('is of no Secret without a name', () => {
    const chart = newChart('sites');
    SiteCredential.secret(kplus.Secret.fromSecretName(chart, 'Token', ''));
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining(
        '[test/Token] secret.name "" is not valid: give at most 253 lower-case letters',
      ),
    ]);
  });

  test('of a file names volume, files and address', () => {
    const volume = kplus.Volume.fromEmptyDir(newChart('sites'), 'Files', 'files');
    const server = 'https://edge.example.com:6443';
    expect(SiteCredential.file(volume, { server }).tokenFile).toEqual({ volume, server });
    const options = { server, tokenFile: 'edge/token', caFile: 'edge/ca.crt' };
    expect(SiteCredential.file(volume, options).tokenFile).toEqual({ volume, ...options });
  });

  test('is of no file elsewhere, and for no other address than one of a kubeconfig', () => {
    const chart = newChart('sites');
    const volume = kplus.Volume.fromEmptyDir(chart, 'Files', 'files');
    SiteCredential.file(volume, { server: 'edge.example.com', tokenFile: '/token', caFile: '../ca.crt' });
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining(
        '[test/Files] server "edge.example.com" is not valid: give https://HOST[:PORT][/PATH]',
      ),
      expect.stringContaining('[test/Files] tokenFile "/token" is not valid: give the path of a file within'),
      expect.stringContaining('[test/Files] caFile "../ca.crt" is not valid: give the path of a file within'),
    ]);
  });
});
