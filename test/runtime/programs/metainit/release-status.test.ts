import { expect, test } from 'vitest';
import { ReleaseStatus } from '../../../../runtime/programs/metainit/release-status.ts';

const status = (
  watches = ['all namespaces'],
  depth = () => 0,
  expiry = (): number | undefined => undefined,
) => new ReleaseStatus(watches, depth, expiry);

/** A status whose lists are complete. */
function listed(): ReleaseStatus {
  const one = status();
  one.listed('all namespaces');
  return one;
}

async function sample(of: ReleaseStatus, name: string): Promise<number> {
  const line = (await of.metrics()).split('\n').find((each) => each.startsWith(`metainit_${name} `));
  return Number(line?.split(' ')[1]);
}

test('has started and is ready once all lists are complete', () => {
  const two = status(['namespace a', 'namespace b']);
  expect(two.whyNotStarted()).toBe('the held pods are not listed yet');
  two.listed('namespace a');
  expect(two.isListed).toBe(false);
  expect(two.whyNotReady()).toBe('the held pods are not listed yet');
  two.listed('namespace b');
  expect(two.isListed).toBe(true);
  expect(two.whyNotStarted()).toBeUndefined();
  expect(two.whyNotReady()).toBeUndefined();
});

test('before that it says what keeps it from listing', () => {
  const one = status();
  one.failed('watch', 'all namespaces', 'forbidden');
  expect(one.whyNotStarted()).toBe('forbidden');
});

test('is not ready while something keeps it from its work, and says what', () => {
  const one = listed();
  one.failed('release', 'apps', 'forbidden');
  one.failed('event', 'apps', 'no answer');
  expect(one.whyNotReady()).toBe('forbidden');
  expect(one.whyNotStarted()).toBeUndefined();
  one.succeeded('release', 'else');
  one.succeeded('watch', 'apps');
  expect(one.whyNotReady()).toBe('forbidden');
  one.succeeded('release', 'apps');
  expect(one.whyNotReady()).toBe('no answer');
  one.succeeded('event', 'apps');
  expect(one.whyNotReady()).toBeUndefined();
});

test('an explanation replaces what is known, and comes too late when that is over', () => {
  const one = listed();
  one.failed('release', 'apps', '403');
  one.explained('release', 'apps', 'may not patch pods');
  expect(one.whyNotReady()).toBe('may not patch pods');
  one.succeeded('release', 'apps');
  one.explained('release', 'apps', 'may not patch pods');
  expect(one.whyNotReady()).toBeUndefined();
});

test('a failure that is about one pod keeps nobody from work, but counts', async () => {
  const one = listed();
  one.failed('release', 'apps', undefined);
  expect(one.whyNotReady()).toBeUndefined();
  expect(await sample(one, 'errors_total{task="release"}')).toBe(1);
  expect(await sample(one, 'errors_total{task="watch"}')).toBe(0);
});

test('counts and measures in seconds', async () => {
  let depth = 3;
  const one = status([], () => depth);
  one.released(2000, 500);
  one.released(4000, 100);
  one.restarted();
  expect(await sample(one, 'pods_released_total')).toBe(2);
  expect(await sample(one, 'pod_held_seconds_sum')).toBe(6);
  expect(await sample(one, 'release_seconds_sum')).toBe(0.6);
  expect(await sample(one, 'watch_restarts_total')).toBe(1);
  expect(await sample(one, 'queue_depth')).toBe(3);
  depth = 0;
  expect(await sample(one, 'queue_depth')).toBe(0);
});

test('tells when the client certificate expires, and nothing if there is none', async () => {
  const name = 'client_certificate_expiration_timestamp_seconds';
  let expiry: number | undefined;
  const one = status([], undefined, () => expiry);
  expect(await sample(one, name)).toBeNaN();
  expiry = Date.parse('2030-01-01T00:00:00Z');
  expect(await sample(one, name)).toBe(1_893_456_000);
  expiry = undefined;
  expect(await sample(one, name)).toBeNaN();
});
