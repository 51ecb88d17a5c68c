import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, type Chart, Include, JsonPatch, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../../src/index.ts';
import { APP } from '../init-in.ts';
import { mistakesIn, newChart } from '../manifests.ts';

const FOLDER = await mkdtemp(join(tmpdir(), 'declared-object-'));
afterAll(() => rm(FOLDER, { recursive: true }));

const KINDS = ['ConfigMap', 'Secret'] as const;

interface Manifest {
  readonly kind: string;
  readonly namespace?: string;
  readonly [field: string]: unknown;
}

/** Brings an object called `sites` into a chart, by a file of somebody else. */
async function include(chart: Chart, { kind, namespace, ...fields }: Manifest): Promise<void> {
  const url = join(FOLDER, `${chart.node.addr}-${kind}.yaml`);
  const object = { apiVersion: 'v1', kind, metadata: { name: 'sites', namespace }, ...fields };
  await writeFile(url, Yaml.stringify(object));
  new Include(chart, `Include${kind}`, { url });
}

/** A pod that writes to the object, which it knows by its name alone. */
function writer(chart: Chart, kind: string, name = 'sites'): void {
  const pod = new kplus.Pod(chart, 'App', APP);
  const object =
    kind === 'ConfigMap'
      ? { configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Sites', name) }
      : { secret: kplus.Secret.fromSecretName(chart, 'Sites', name) };
  new MultisiteInit(chart, 'Init', { pod, ...object });
}

const immutable = (kind: string) =>
  `[test/Init] ${kind} sites is immutable, so no site can be written: make it mutable.`;
const declared = (kind: string) =>
  `[test/Init] ${kind} sites declares the key kubeconfig, so every apply would erase the sites: leave out the key.`;

describe.each(KINDS)('a %s that the app brings in by Include is found by its name:', (kind) => {
  test('immutable', async () => {
    const chart = newChart('sites');
    await include(chart, { kind, immutable: true });
    writer(chart, kind);
    expect(mistakesIn(chart)).toEqual([immutable(kind)]);
  });

  test.each(kind === 'ConfigMap' ? ['data', 'binaryData'] : ['data', 'stringData'])(
    'with the key in %s',
    async (field) => {
      const chart = newChart('sites');
      await include(chart, { kind, [field]: { kubeconfig: '' } });
      writer(chart, kind);
      expect(mistakesIn(chart)).toEqual([declared(kind)]);
    },
  );

  test('with another key, which is no mistake', async () => {
    const chart = newChart('sites');
    await include(chart, { kind, immutable: false, data: { other: '' } });
    writer(chart, kind);
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('in a chart of its own, before or after', async () => {
    const app = new App();
    const chart = newChart('sites', app);
    writer(chart, kind);
    await include(newChart(undefined, app, 'platform'), { kind, namespace: 'sites', immutable: true });
    expect(mistakesIn(chart)).toEqual([immutable(kind)]);
  });

  test('but not that of another namespace', async () => {
    const app = new App();
    const chart = newChart('sites', app);
    writer(chart, kind);
    await include(newChart('elsewhere', app, 'platform'), { kind, immutable: true });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('but not one of several in other charts, which are for other clusters', async () => {
    const app = new App();
    const chart = newChart('sites', app);
    writer(chart, kind);
    await include(newChart('sites', app, 'berlin'), { kind, immutable: true });
    await include(newChart('sites', app, 'paris'), { kind });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('that of the pod’s chart, where others have one too', async () => {
    const app = new App();
    const chart = newChart('sites', app);
    writer(chart, kind);
    await include(newChart('sites', app, 'berlin'), { kind });
    await include(chart, { kind, immutable: true });
    expect(mistakesIn(chart)).toEqual([immutable(kind)]);
  });

  test('but not one of another API group', () => {
    const app = new App();
    const chart = newChart('sites', app);
    writer(chart, kind);
    new ApiObject(newChart('sites', app, 'other'), 'Other', {
      apiVersion: 'example.com/v1',
      kind,
      metadata: { name: 'sites' },
      immutable: true,
    });
    expect(mistakesIn(chart)).toEqual([]);
  });
});

test('what a JSON patch makes of one of ours is found, too', () => {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  ApiObject.of(configMap).addJsonPatch(
    JsonPatch.add('/immutable', true),
    JsonPatch.add('/data', { kubeconfig: 'apiVersion: v1' }),
  );
  expect(mistakesIn(chart)).toEqual([
    `[test/Kubeconfig] ConfigMap ${configMap.name} declares the key kubeconfig, so every apply would erase the sites: leave out the key.`,
    `[test/Kubeconfig] ConfigMap ${configMap.name} is immutable, so no site can be written: make it mutable.`,
  ]);
});

test('the Secret of a credential is found by its name', async () => {
  const chart = newChart('sites');
  await include(chart, { kind: 'Secret', type: 'Opaque' });
  new MultisiteInitJob(chart, 'Job', {
    configMap: new MultisiteKubeconfig(chart, 'Kubeconfig').configMap,
    credential: SiteCredential.secret(kplus.Secret.fromSecretName(chart, 'Token', 'sites')),
  });
  expect(mistakesIn(chart)).toEqual([
    "[test/Job] the credential's Secret sites is of type Opaque, which the program refuses: give one of type " +
      'kubernetes.io/service-account-token (kplus.ServiceAccountTokenSecret).',
  ]);
});

test('the Secret of the certificates is found by its name', async () => {
  const chart = newChart('sites');
  await include(chart, { kind: 'Secret', type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'ca.crt': '' } });
  const secret = kplus.Secret.fromSecretName(chart, 'Certificates', 'sites');
  new CloudifyManager(chart, 'Manager', { tls: { secret, caFile: 'ca.crt' } });
  expect(mistakesIn(chart)).toEqual([
    '[test/Manager] tls.secret sites has no key tls.key: add both keys, tls.crt and tls.key.',
  ]);
});
