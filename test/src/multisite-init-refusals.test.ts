import { ApiObject, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  type ContainerImage,
  type LogFormat,
  MultisiteInit,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  type SiteCredential,
} from '../../src/index.ts';
import { APP, initIn } from './init-in.ts';
import { manifests, mistakesIn, newChart } from './manifests.ts';

describe('a mistake is refused with a hint:', () => {
  test.each<[string, Partial<MultisiteInitProps>, string]>([
    // As a program that nobody has type-checked would give them.
    [
      'a credential that is none',
      { credential: 'requested' as unknown as SiteCredential },
      'credential is not a SiteCredential: create one, for example with SiteCredential.requested(…).',
    ],
    [
      'an image as a text',
      { image: 'registry.example/multisite:1' as ContainerImage },
      'image "registry.example/multisite:1" is a string: give { repository, tag } or { repository, digest }.',
    ],
    [
      'no time at all',
      { timeout: Duration.seconds(0) },
      'timeout 0 ms is not valid: give whole milliseconds, from 1 ms',
    ],
    ['too much time', { timeout: Duration.hours(597) }, 'timeout 2149200000 ms is not valid: give whole'],
    ['a part of a millisecond', { wait: Duration.millis(0.5) }, 'wait 0.5 ms is not valid: give whole'],
    [
      'a number as time',
      { wait: 30 as unknown as Duration },
      'wait is not a Duration: give one, for example Duration.minutes(30).',
    ],
    [
      'a text as log format',
      { logFormat: 'json' as unknown as LogFormat },
      'logFormat is not a LogFormat: give LogFormat.text() or LogFormat.json().',
    ],
    ['an empty location', { location: '' }, 'location "" is not valid: give a name like "edge-01"'],
    ['a location with a line break', { location: 'a\nb' }, 'location "a\\nb" is not valid'],
    ['a location that YAML cannot hold', { location: 'a\uFFFF' }, 'location "a\uFFFF" is not valid'],
    ['a location with white space around', { location: ' edge' }, 'location " edge" is not valid'],
    ['an empty user', { user: '' }, 'user "" is not valid: give a name'],
    ['an empty key', { key: '' }, 'key "" is not valid: give 1 to 253 letters, digits, "-", "_" or "."'],
    ['a key that is a path', { key: 'a/b' }, 'key "a/b" is not valid'],
    ['a key that is a folder', { key: '..' }, 'key ".." is not valid'],
    [
      'a container name in capitals',
      { containerName: 'Init' },
      'containerName "Init" is not valid: give at most 55 lower',
    ],
    [
      'a long container name',
      { containerName: 'a'.repeat(56) },
      `containerName "${'a'.repeat(56)}" is not valid: give at most 55 lower-case letters, digits or "-"`,
    ],
    [
      'a name that the pod has',
      { containerName: 'app' },
      'test/App has several containers named app: give this',
    ],
    [
      'a namespace',
      { metadata: { namespace: 'x' } },
      'metadata.namespace is not allowed here: give the namespace to',
    ],
    [
      'a ConfigMap without a name',
      { configMap: kplus.ConfigMap.fromConfigMapName(newChart('sites'), 'Nameless', '') },
      'configMap.name "" is not valid: give at most 253 lower-case letters',
    ],
    [
      'a ConfigMap of another namespace',
      { configMap: new kplus.ConfigMap(newChart('elsewhere'), 'There', { metadata: { name: 'there' } }) },
      'ConfigMap there is in namespace elsewhere, the pod is in namespace sites. A pod can only read',
    ],
    [
      'a ConfigMap without a namespace',
      { configMap: new kplus.ConfigMap(newChart(undefined), 'There', { metadata: { name: 'there' } }) },
      'ConfigMap there is in no namespace, the pod is in namespace sites',
    ],
    [
      'a pod without the namespace of the chart',
      { pod: new kplus.Pod(newChart(undefined), 'App', APP) },
      'this chart has the namespace sites, the pod has no namespace: put the pod and this construct into the same chart.',
    ],
  ])('%s', (_, props, message) => {
    expect(() => manifests(initIn('sites', props).chart)).toThrow(`[test/Init] ${message}`);
  });

  test('the same init container twice', () => {
    const { chart, pod, configMap } = initIn('sites');
    new MultisiteInit(chart, 'Again', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([
      '[test/Again] test/App has several containers named multisite-init: give this one another containerName.',
    ]);
  });

  test('the same init container twice, with a refresher each', () => {
    const { chart, pod, configMap } = initIn('sites', { refresh: true });
    new MultisiteInit(chart, 'Again', { pod, configMap, refresh: true, refreshPort: 9780 });
    expect(mistakesIn(chart)).toEqual([
      '[test/Again] test/App has several containers named multisite-init: give this one another containerName.',
    ]);
  });

  test('an init container with the name of the refresher of an earlier one, or of a later one', () => {
    const first = initIn('sites', { refresh: true });
    new MultisiteInit(first.chart, 'Again', { ...first, containerName: 'multisite-init-refresh' });
    expect(mistakesIn(first.chart)).toEqual([
      '[test/Again] test/App has several containers named multisite-init-refresh: give this one another containerName.',
    ]);
    const second = initIn('sites', { containerName: 'multisite-init-refresh' });
    new MultisiteInit(second.chart, 'Again', { ...second, refresh: true });
    expect(mistakesIn(second.chart)).toEqual([
      '[test/Again] test/App has several containers named multisite-init-refresh: give this one another containerName.',
    ]);
  });

  test('the init container of a manager twice', () => {
    const chart = newChart('sites');
    const { deployment: pod, configMap } = new CloudifyManager(chart, 'Manager');
    new MultisiteInit(chart, 'Init', { pod, configMap, location: 'edge', user: 'edge' });
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] test/Manager/Deployment has several containers named multisite-init: give this one another containerName.',
    ]);
  });

  test('a container of the same name added later', () => {
    const { chart, pod } = initIn('sites');
    pod.addContainer({ name: 'multisite-init', image: 'other' });
    expect(() => manifests(chart)).toThrow(
      '[test/Init] test/App has several containers named multisite-init: give this one another containerName.',
    );
  });

  test('a ConfigMap that declares the key', () => {
    const { chart, configMap } = initIn('sites');
    configMap.addData('kubeconfig', '');
    expect(() => manifests(chart)).toThrow(
      'ConfigMap multisite-kubeconfig-configmap declares the key kubeconfig, so every apply would erase',
    );
  });

  test('a ConfigMap that declares the key as binary data', () => {
    const { chart, configMap } = initIn('sites');
    configMap.addBinaryData('kubeconfig', '');
    expect(() => manifests(chart)).toThrow('declares the key kubeconfig');
  });

  test('an immutable ConfigMap', () => {
    const chart = newChart('sites');
    const configMap = new kplus.ConfigMap(chart, 'Fixed', { immutable: true, metadata: { name: 'fixed' } });
    new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap });
    expect(() => manifests(chart)).toThrow('ConfigMap fixed is immutable, so no site can be written: make');
  });

  test.each([
    ['sites', 'namespace sites'],
    [undefined, 'no namespace'],
  ])('a ServiceAccount said to be elsewhere than a pod in %s', (namespace, inWords) => {
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(newChart('x'), 'There', 'there', {
      namespaceName: 'elsewhere',
    });
    expect(mistakesIn(initIn(namespace, {}, { ...APP, serviceAccount }).chart)).toEqual([
      `[test/Init] ServiceAccount there is in namespace elsewhere, the pod is in ${inWords}. A pod can only use a ServiceAccount of its own namespace: give both the same namespace.`,
    ]);
  });

  test('a ServiceAccount that really is in namespace default', () => {
    const serviceAccount = new kplus.ServiceAccount(newChart('default'), 'There', {
      metadata: { name: 'there' },
    });
    const { chart } = initIn('sites', {}, { ...APP, serviceAccount });
    expect(() => manifests(chart)).toThrow('is in namespace default');
  });

  test('a ServiceAccount whose name none can have', () => {
    const chart = newChart('sites');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'Runner');
    const pod = new kplus.Pod(chart, 'App', { ...APP, serviceAccount });
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] serviceAccount.name "Runner" is not valid: give at most 253 lower-case letters, digits, "-" or ".". The first and the last character must be a letter or digit.',
    ]);
  });

  test('a pod whose name leaves no room for that of a ServiceAccount, unless that is given', () => {
    const name = 'a'.repeat(253);
    const withName = { ...APP, metadata: { name } };
    expect(mistakesIn(initIn('sites', {}, withName).chart)).toEqual([
      `[test/Init] metadata.name (by default the pod's name with the suffix -multisite) "${name}-multisite" is not valid: give at most 253 lower-case letters, digits, "-" or ".". The first and the last character must be a letter or digit.`,
    ]);
    expect(mistakesIn(initIn('sites', { metadata: { name: 'init' } }, withName).chart)).toEqual([]);
  });

  test('a kind of pod that is not known', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const pod = new Rollout(chart, 'App');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] cdk8s-multisite does not know where a Rollout has its pod: use one of Pod, Deployment, StatefulSet, ' +
        'DaemonSet, Job, CronJob.',
    ]);
  });
});

/** Somebody else's workload, as cdk8s-plus lets one write it. */
class Rollout extends kplus.Workload {
  protected readonly apiObject: ApiObject;
  public readonly resourceType = 'rollouts';

  constructor(scope: Construct, id: string) {
    super(scope, id, APP);
    this.apiObject = new ApiObject(this, 'Resource', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
  }
}
