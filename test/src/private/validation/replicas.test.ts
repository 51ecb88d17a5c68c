import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig } from '../../../../src/index.ts';
import { APP, COMPLETING, siteCredential } from '../../init-in.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

type NewPod = (scope: Construct, props: kplus.AbstractPodProps) => kplus.AbstractPod;

function autoscaled<T extends kplus.Deployment | kplus.StatefulSet>(target: T): T {
  new kplus.HorizontalPodAutoscaler(target, 'Autoscaler', { target, maxReplicas: 3 });
  return target;
}

const LIMITED = [{ ...APP.containers?.[0], image: 'app', resources: { cpu: { limit: kplus.Cpu.units(1) } } }];

const SEVERAL: [string, NewPod, string][] = [
  ['a Deployment, untold', (scope, props) => new kplus.Deployment(scope, 'App', props), '2 replicas'],
  [
    'a Deployment of 3',
    (scope, props) => new kplus.Deployment(scope, 'App', { ...props, replicas: 3 }),
    '3 replicas',
  ],
  [
    'a StatefulSet of 2',
    (scope, props) => new kplus.StatefulSet(scope, 'App', { ...props, replicas: 2 }),
    '2 replicas',
  ],
  ['a DaemonSet', (scope, props) => new kplus.DaemonSet(scope, 'App', props), 'a pod on every node'],
  [
    'an autoscaled Deployment',
    (scope, props) => autoscaled(new kplus.Deployment(scope, 'App', { ...props, containers: LIMITED })),
    'as many pods as its autoscaler wants',
  ],
  [
    'an autoscaled StatefulSet',
    (scope, props) => autoscaled(new kplus.StatefulSet(scope, 'App', { ...props, containers: LIMITED })),
    'as many pods as its autoscaler wants',
  ],
];

const OVERLAPPING: [string, NewPod, string] = [
  'a CronJob whose runs may overlap',
  (scope, props) => {
    const concurrencyPolicy = kplus.ConcurrencyPolicy.ALLOW;
    return new kplus.CronJob(scope, 'App', { ...props, schedule: Cron.daily(), concurrencyPolicy });
  },
  'runs that may overlap',
];
SEVERAL.push(OVERLAPPING);

const ONE: [string, NewPod][] = [
  ['a Pod', (scope, props) => new kplus.Pod(scope, 'App', props)],
  ['a Deployment of 1', (scope, props) => new kplus.Deployment(scope, 'App', { ...props, replicas: 1 })],
  ['a Deployment of 0', (scope, props) => new kplus.Deployment(scope, 'App', { ...props, replicas: 0 })],
  ['a StatefulSet, untold', (scope, props) => new kplus.StatefulSet(scope, 'App', props)],
  ...COMPLETING,
];

describe('the token of its own pod', () => {
  function initIn(newPod: NewPod, outliving = false) {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = outliving ? siteCredential(chart) : undefined;
    new MultisiteInit(chart, 'Init', { pod: newPod(chart, APP), configMap, location: 'edge', credential });
    return chart;
  }

  test.each(SEVERAL)('is not for %s', (_, newPod, several) => {
    expect(mistakesIn(initIn(newPod))).toEqual([
      `[test/Init] test/App has ${several}. Each pod would overwrite the token in context "edge", and that token ends ` +
        'with its pod: run one replica, or give a credential that outlives a pod (SiteCredential.requested).',
    ]);
  });

  test.each(ONE)('is for %s', (_, newPod) => {
    expect(mistakesIn(initIn(newPod))).toEqual([]);
  });

  test.each(SEVERAL)('may be another’s, which outlives it, in %s', (_, newPod) => {
    expect(mistakesIn(initIn(newPod, true))).toEqual([]);
  });
});

describe('a volume that one node may have', () => {
  const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

  /** A pod two of whose containers mount a claim. */
  function claimedIn(
    newPod: NewPod,
    accessModes?: kplus.PersistentVolumeAccessMode[],
    namespaces: { readonly pod?: string; readonly claim?: string } = {},
  ) {
    const chart = newChart(namespaces.pod ?? 'sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const claim = new kplus.PersistentVolumeClaim(chart, 'Claim', {
      metadata: { name: 'disk', namespace: namespaces.claim },
      accessModes,
      storage: Size.gibibytes(1),
    });
    const pod = newPod(chart, APP);
    const volume = kplus.Volume.fromPersistentVolumeClaim(chart, 'Disk', claim);
    pod.containers[0]?.mount('/data', volume);
    pod.addInitContainer({ name: 'format', image: 'format' }).mount('/data', volume);
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
    return chart;
  }

  test.each(SEVERAL)('is not for %s', (_, newPod, several) => {
    expect(mistakesIn(claimedIn(newPod, [READ_WRITE_ONCE]))).toEqual([
      `[test/Init] test/App has ${several}, and PersistentVolumeClaim disk is ReadWriteOnce: a second pod could wait for ` +
        'this claim for ever. Run one replica, or make the claim ReadWriteMany.',
    ]);
  });

  const deployment: NewPod = (scope, props) => new kplus.Deployment(scope, 'App', props);

  test('is one of the pod’s namespace', () => {
    expect(mistakesIn(claimedIn(deployment, [READ_WRITE_ONCE], { pod: 'edge' }))).toHaveLength(1);
    // Of the claim that this pod mounts nothing is known here.
    expect(mistakesIn(claimedIn(deployment, [READ_WRITE_ONCE], { claim: 'elsewhere' }))).toEqual([]);
  });

  test('is told by all of its access modes', () => {
    expect(mistakesIn(claimedIn(deployment, [READ_WRITE_ONCE, READ_WRITE_ONCE_POD]))).toEqual([
      expect.stringContaining('PersistentVolumeClaim disk is ReadWriteOnce, ReadWriteOncePod: a second pod'),
    ]);
    expect(mistakesIn(claimedIn(deployment, [READ_WRITE_ONCE, READ_WRITE_MANY]))).toEqual([]);
    expect(mistakesIn(claimedIn(deployment, undefined))).toEqual([]);
  });

  test('is not a ConfigMap of its name', () => {
    const chart = newChart('sites');
    const metadata = { name: 'disk' };
    const storage = Size.gibibytes(1);
    new kplus.PersistentVolumeClaim(chart, 'Claim', { metadata, accessModes: [READ_WRITE_ONCE], storage });
    const pod = new kplus.Deployment(chart, 'App', APP);
    const other = new kplus.ConfigMap(chart, 'Other', { metadata });
    pod.containers[0]?.mount('/etc/other', kplus.Volume.fromConfigMap(chart, 'Volume', other));
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each(ONE)('is for %s', (_, newPod) => {
    expect(mistakesIn(claimedIn(newPod, [READ_WRITE_ONCE]))).toEqual([]);
  });

  test('may be of a claim that exists', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const pod = new kplus.Deployment(chart, 'App', APP);
    const claim = kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'disk');
    pod.containers[0]?.mount('/data', kplus.Volume.fromPersistentVolumeClaim(chart, 'Disk', claim));
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
    expect(mistakesIn(chart)).toEqual([]);
  });
});

test('a claim that cannot be rendered does not keep other mistakes from being reported', () => {
  const chart = newChart('sites');
  const claim = new kplus.PersistentVolumeClaim(chart, 'Claim', { storage: Size.mebibytes(100) });
  const pod = new kplus.Deployment(chart, 'App', APP);
  pod.containers[0]?.mount('/data', kplus.Volume.fromPersistentVolumeClaim(chart, 'Volume', claim));
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const credential = siteCredential(chart);
  new MultisiteInit(chart, 'Init', { pod, configMap, credential, location: '' });
  expect(mistakesIn(chart)).toEqual([expect.stringContaining('[test/Init] location "" is not valid')]);
});
