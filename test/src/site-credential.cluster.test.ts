import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, expect, test } from 'vitest';
import { SiteCredential } from '../../src/index.ts';
import { createNamespace, kubectl } from './kubectl.ts';
import { mistakesIn, newChart } from './manifests.ts';

const NAMESPACE = 'expirations';

beforeAll(async () => {
  await createNamespace(NAMESPACE);
  await kubectl(['create', 'serviceaccount', 'site', '-n', NAMESPACE]);
});

/** Whether SiteCredential takes an expiration. */
function isTaken(seconds: number): boolean {
  const chart = newChart(NAMESPACE);
  const account = kplus.ServiceAccount.fromServiceAccountName(chart, 'Site', 'site');
  SiteCredential.requested(account, { expiration: Duration.seconds(seconds) });
  return mistakesIn(chart).length === 0;
}

/** Whether the API server takes it, which says of one that it does not take what is wrong with it. */
async function isGranted(seconds: number): Promise<boolean> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  };
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/site/token`;
  return kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(request)).then(
    () => true,
    (error: Error) => {
      expect(error.message).toContain('spec.expirationSeconds');
      return false;
    },
  );
}

test.each([
  [599, false],
  [600, true],
  [2 ** 32, true],
  [2 ** 32 + 1, false],
])(
  'the API server takes an expiration of %d seconds just where SiteCredential does: %s',
  async (seconds, taken) => {
    expect(isTaken(seconds)).toBe(taken);
    expect(await isGranted(seconds)).toBe(taken);
  },
);
