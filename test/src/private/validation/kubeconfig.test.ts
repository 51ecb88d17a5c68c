import { App, type Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig } from '../../../../src/index.ts';
import { APP } from '../../init-in.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

type Options = Pick<kplus.MountOptions, 'subPath' | 'subPathExpr'>;

/** A pod with a container that mounts a volume. */
function reader(chart: Chart, volume: kplus.Volume, options: Options = {}): kplus.Pod {
  const pod = new kplus.Pod(chart, 'Reader', APP);
  pod.containers[0]?.mount('/etc/sites', volume, options);
  return pod;
}

function projected(chart: Chart, sources: kplus.k8s.VolumeProjection[]): kplus.Volume {
  // As the token volume of MultisiteInit is made: cdk8s-plus-27 has no projected volume.
  return Reflect.construct(kplus.Volume, [chart, 'Projected', 'projected', { projected: { sources } }]);
}

const CONFIG_MAP = MultisiteKubeconfig.DEFAULT_NAME;
const SECRET = MultisiteKubeconfig.DEFAULT_SECRET_NAME;

function bySubPath(container: string, what: string): string {
  return (
    `container ${container} mounts ${what} by subPath, and would never get an update: mount the directory, without ` +
    'subPath.'
  );
}

describe('a subPath, which never sees an update, is a mistake', () => {
  test.each<[string, Options]>([
    ['subPath', { subPath: 'kubeconfig' }],
    ['subPathExpr', { subPathExpr: '$(FILE)' }],
  ])('of the ConfigMap, as %s', (_, options) => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap), options);
    expect(mistakesIn(chart)).toEqual([
      `[test/Kubeconfig] ${bySubPath('app of test/Reader', `ConfigMap ${CONFIG_MAP}`)}`,
    ]);
  });

  test('of the Secret', () => {
    const chart = newChart('sites');
    const secret = MultisiteKubeconfig.secret(chart, 'Kubeconfig');
    reader(chart, kplus.Volume.fromSecret(chart, 'Volume', secret), { subPath: 'kubeconfig' });
    expect(mistakesIn(chart)).toEqual([
      `[test/Kubeconfig] ${bySubPath('app of test/Reader', `Secret ${SECRET}`)}`,
    ]);
  });

  test('of either in a projected volume', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'ConfigMap');
    MultisiteKubeconfig.secret(chart, 'Secret');
    const sources = [{ configMap: { name: CONFIG_MAP } }, { secret: { name: SECRET } }];
    reader(chart, projected(chart, sources), { subPath: 'kubeconfig' });
    expect(mistakesIn(chart)).toEqual([
      `[test/ConfigMap] ${bySubPath('app of test/Reader', `ConfigMap ${CONFIG_MAP}`)}`,
      `[test/Secret] ${bySubPath('app of test/Reader', `Secret ${SECRET}`)}`,
    ]);
  });

  test('of every container, those of other charts and init containers too', () => {
    const app = new App();
    const chart = newChart('sites', app);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const other = newChart('sites', app, 'other');
    const volume = kplus.Volume.fromConfigMap(other, 'Volume', configMap);
    const pod = reader(other, volume, { subPath: 'kubeconfig' });
    pod
      .addInitContainer({ name: 'first', image: 'first' })
      .mount('/etc/sites', volume, { subPath: 'kubeconfig' });
    expect(mistakesIn(chart)).toEqual([
      `[test/Kubeconfig] ${bySubPath('first of other/Reader', `ConfigMap ${CONFIG_MAP}`)}`,
      `[test/Kubeconfig] ${bySubPath('app of other/Reader', `ConfigMap ${CONFIG_MAP}`)}`,
    ]);
  });

  test('of an object that exists, in the pod that writes it', () => {
    const chart = newChart('sites');
    const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'Existing', 'existing');
    const pod = reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap), {
      subPath: 'kubeconfig',
    });
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([
      `[test/Init] ${bySubPath('app of test/Reader', 'ConfigMap existing')}`,
    ]);
  });

  test('but not of another object, nor of a directory', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const other = kplus.ConfigMap.fromConfigMapName(chart, 'Other', 'other');
    // A Secret of the ConfigMap's name is another object.
    const secret = kplus.Secret.fromSecretName(chart, 'Secret', CONFIG_MAP);
    const pod = reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap));
    const [container] = pod.containers;
    const subPath = 'kubeconfig';
    container?.mount('/other', kplus.Volume.fromConfigMap(chart, 'OtherVolume', other), { subPath });
    container?.mount('/secret', kplus.Volume.fromSecret(chart, 'SecretVolume', secret), { subPath });
    container?.mount('/cache', kplus.Volume.fromEmptyDir(chart, 'Cache', 'cache'), { subPath });
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([]);
  });
});

describe('a pod of another namespace', () => {
  /** A pod that mounts what a chart in namespace sites holds. */
  function readerIn(namespace: string | undefined, kind: 'ConfigMap' | 'Secret' = 'ConfigMap') {
    const app = new App();
    const chart = newChart('sites', app);
    const other = newChart(namespace, app, 'other');
    const volume =
      kind === 'ConfigMap'
        ? kplus.Volume.fromConfigMap(other, 'Volume', new MultisiteKubeconfig(chart, 'Kubeconfig').configMap)
        : kplus.Volume.fromSecret(other, 'Volume', MultisiteKubeconfig.secret(chart, 'Kubeconfig'));
    reader(other, volume);
    return { chart, other };
  }

  test.each([
    ['elsewhere', 'namespace elsewhere'],
    [undefined, 'no namespace'],
  ])('cannot mount it: %s', (namespace, inWords) => {
    expect(mistakesIn(readerIn(namespace).chart)).toEqual([
      `[test/Kubeconfig] container app of other/Reader, in ${inWords}, mounts ConfigMap ${CONFIG_MAP} of namespace ` +
        'sites. A pod can only mount ConfigMaps of its own namespace: give both the same namespace.',
    ]);
    expect(mistakesIn(readerIn(namespace, 'Secret').chart)).toEqual([
      `[test/Kubeconfig] container app of other/Reader, in ${inWords}, mounts Secret ${SECRET} of namespace sites. A pod can only mount Secrets of its own namespace: give both the same namespace.`,
    ]);
  });

  test.each(['elsewhere', undefined])('mounts the one of that name in its own: %s', (namespace) => {
    const { chart, other } = readerIn(namespace);
    new MultisiteKubeconfig(other, 'Kubeconfig');
    expect(mistakesIn(chart)).toEqual([]);
  });
});

test('another cluster’s kubeconfig of that name and namespace is another', () => {
  const app = new App();
  for (const id of ['berlin', 'paris']) {
    const chart = newChart('sites', app, id);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap), { subPath: 'kubeconfig' });
  }
  const path = (id: string) =>
    `[${id}/Kubeconfig] ${bySubPath(`app of ${id}/Reader`, `ConfigMap ${CONFIG_MAP}`)}`;
  expect(mistakesIn(newChart('sites', app))).toEqual([path('berlin'), path('paris')]);
});

test('a ConfigMap of that name that is said to exist in the pod’s own namespace is another', () => {
  const app = new App();
  new MultisiteKubeconfig(newChart('sites', app), 'Kubeconfig');
  const chart = newChart('elsewhere', app, 'other');
  const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'Existing', CONFIG_MAP);
  reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap));
  expect(mistakesIn(chart)).toEqual([]);
});

test('a subPath of a ConfigMap that is none of ours is reported by the first that writes to it', () => {
  const chart = newChart('sites');
  const configMap = new kplus.ConfigMap(chart, 'Own', { metadata: { name: 'own' } });
  const pod = reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap), {
    subPath: 'kubeconfig',
  });
  new MultisiteInit(chart, 'Init', { pod, configMap });
  expect(mistakesIn(chart)).toEqual([`[test/Init] ${bySubPath('app of test/Reader', 'ConfigMap own')}`]);
});

test('a subPath of another key is none of our business', () => {
  const chart = newChart('sites');
  const configMap = new kplus.ConfigMap(chart, 'Own', { metadata: { name: 'own' } });
  const volume = kplus.Volume.fromConfigMap(chart, 'Volume', configMap);
  const pod = reader(chart, volume, { subPath: 'app.conf' });
  new MultisiteInit(chart, 'Init', { pod, configMap });
  expect(mistakesIn(chart)).toEqual([]);
});

test('a subPath of an object that exists is one in other pods of its chart, too', () => {
  const chart = newChart('sites');
  const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'Existing', 'existing');
  const volume = kplus.Volume.fromConfigMap(chart, 'Volume', configMap);
  reader(chart, volume, { subPath: 'kubeconfig' });
  new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap });
  expect(mistakesIn(chart)).toEqual([`[test/Init] ${bySubPath('app of test/Reader', 'ConfigMap existing')}`]);
});

test('the key is a mistake where no writer is in the app, too', () => {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  configMap.addData('kubeconfig', '');
  expect(mistakesIn(chart)).toEqual([
    `[test/Kubeconfig] ConfigMap ${CONFIG_MAP} declares the key kubeconfig, so every apply would erase the sites: leave out the key.`,
  ]);
});

test('what is wrong with a kubeconfig is a mistake of the first construct that has it, and of no other', () => {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const pod = reader(chart, kplus.Volume.fromConfigMap(chart, 'Volume', configMap), {
    subPath: 'kubeconfig',
  });
  for (const id of ['one', 'two']) {
    new MultisiteInit(chart, id, { pod, configMap, containerName: id, location: id, user: id });
  }
  expect(mistakesIn(chart)).toEqual([
    `[test/Kubeconfig] ${bySubPath('app of test/Reader', `ConfigMap ${CONFIG_MAP}`)}`,
  ]);
});
