import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { whoAmI } from '../../../../start/written-kubeconfig.ts';
import { allow } from '../../../support/allow.ts';
import { ENGINE_NAMES, type Engine } from '../../../support/multisite-init.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { CONFIG_MAP, createSite } from '../../../support/site.ts';

const ACCOUNT = 'deployer';
/** The least that an API server grants. */
const LIFE_MS = 600_000;

test('a token of ten minutes is renewed before it ends, and a reader always has a valid one', async () => {
  await Promise.all(ENGINE_NAMES.map(rotation));
});

async function rotation(engine: Engine): Promise<void> {
  const site = await createSite();
  const core = site.kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespacedServiceAccount({
    namespace: site.namespace,
    body: { metadata: { name: ACCOUNT } },
  });
  await allow(site, 'configmaps', CONFIG_MAP, 'watch');
  await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
  const start = performance.now();
  const args = ['--token-source=request', `--service-account=${ACCOUNT}`, '--expiration=10m'];
  const refresher = await startRefresher(engine, site, args);
  await refresher.said(/^wrote/);
  const first = await site.document();
  for (let renewed = false; !renewed; ) {
    const document = await site.document();
    await expectValid(document, site.namespace);
    renewed = document !== first;
    expect(performance.now() - start).toBeLessThan(LIFE_MS);
  }
  const part = (performance.now() - start) / LIFE_MS;
  console.log(`${engine}: renewed after ${(part * 100).toFixed(1)} % of its life`);
  expect(part).toBeGreaterThan(0.74);
  expect(await refresher.metric('writes_total')).toBe(2);
  expect(await refresher.metric('failures_total')).toBe(0);
}

async function expectValid(document: string, namespace: string): Promise<void> {
  const reader = new KubeConfig();
  reader.loadFromString(document);
  expect(await whoAmI(reader)).toBe(`system:serviceaccount:${namespace}:${ACCOUNT}`);
  // A reader asks now and then; without a pause this would be a load test.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
