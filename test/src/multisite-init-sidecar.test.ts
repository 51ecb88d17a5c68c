import type { V1Role } from '@kubernetes/client-node';
import { ApiObject, type Chart, Cron, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../src/index.ts';
import { APP, COMPLETING, initContainer, initIn, SERVING, siteCredential } from './init-in.ts';
import { mistakesIn, newChart, podSpec, theOnly } from './manifests.ts';

const SIDECAR = { sidecar: true, kubernetesVersion: '1.29' } as const;

/** What sets the sidecar apart from the init container. */
const EXPECTED = {
  name: 'multisite-init',
  restartPolicy: 'Always',
  args: expect.arrayContaining(['--watch', '--port=9779']),
  lifecycle: { postStart: { exec: { command: ['multisite-init', '--until-written=9779'] } } },
  livenessProbe: { httpGet: { path: '/healthz', port: 9779 }, failureThreshold: 3 },
  ports: [{ name: 'refresh-9779', containerPort: 9779 }],
  securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
};

function addInit(chart: Chart, pod: MultisiteInitProps['pod'], props: Partial<MultisiteInitProps> = {}) {
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const credential = siteCredential(chart);
  return new MultisiteInit(chart, 'Init', { pod, configMap, credential, ...SIDECAR, ...props });
}

describe.each([...SERVING, ...COMPLETING])('in a %s', (kind, newPod) => {
  test('it is the only container that is added, and as Kubernetes has it', () => {
    const chart = newChart('sites');
    const pod = newPod(chart, APP);
    pod.addInitContainer({ name: 'before', image: 'before' });
    const init = addInit(chart, pod);
    pod.addInitContainer({ name: 'after', image: 'after' });
    expect(mistakesIn(chart)).toEqual([]);
    const spec = podSpec(chart, kind);
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['before', 'multisite-init', 'after']);
    expect(spec.initContainers?.[1]).toMatchObject(EXPECTED);
    expect(spec.initContainers?.map(({ restartPolicy }) => restartPolicy)).toEqual([
      undefined,
      'Always',
      undefined,
    ]);
    expect(spec.containers.map(({ name }) => name)).toEqual(['app']);
    expect(init.refreshContainer).toBeUndefined();
    expect(theOnly<V1Role>(chart, 'Role').rules?.[0]?.verbs).toEqual(['get', 'patch', 'watch']);
  });
});

test('in a pod of another origin', () => {
  const chart = newChart('sites');
  const pod = new ApiObject(chart, 'App', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app' },
    spec: { containers: [{ name: 'app', image: 'app' }] },
  });
  addInit(chart, pod);
  expect(mistakesIn(chart)).toEqual([]);
  expect(initContainer(chart)).toMatchObject(EXPECTED);
});

test('beside another one, which has another port', () => {
  const { chart, pod } = initIn('sites', SIDECAR);
  const { configMap } = new MultisiteKubeconfig(chart, 'Other', { metadata: { name: 'other' } });
  new MultisiteInit(chart, 'OtherInit', {
    pod,
    configMap,
    containerName: 'other',
    refreshPort: 9780,
    ...SIDECAR,
  });
  expect(mistakesIn(chart)).toEqual([]);
  expect(initContainer(chart)).toMatchObject(EXPECTED);
  expect(initContainer(chart, 'other')).toMatchObject({
    restartPolicy: 'Always',
    lifecycle: { postStart: { exec: { command: ['multisite-init', '--until-written=9780'] } } },
  });
});

test('it is still there where a JSON patch puts a container before it', () => {
  const { chart, pod } = initIn('sites', SIDECAR);
  ApiObject.of(pod).addJsonPatch(JsonPatch.add('/spec/initContainers/0', { name: 'first', image: 'first' }));
  expect(initContainer(chart)).toMatchObject(EXPECTED);
  expect(initContainer(chart, 'first')).toEqual({ name: 'first', image: 'first' });
});

test('other fields that cdk8s-plus-27 drops are reported as ever', () => {
  const { chart, pod } = initIn('sites', SIDECAR);
  ApiObject.of(pod).addJsonPatch(JsonPatch.add('/spec/hostPIDs', true));
  expect(mistakesIn(chart)).toEqual([expect.stringContaining('would be rendered without /spec/hostPIDs')]);
});

describe('is a mistake', () => {
  const mistakes = (props: Partial<MultisiteInitProps>) => mistakesIn(initIn('sites', props).chart);
  const tooOld = (version: string) =>
    `[test/Init] sidecar needs Kubernetes 1.29, and kubernetesVersion is ${version}. On ${version} the pod would wait for ever: ` +
    'if your oldest cluster is newer, give its version, otherwise use refresh.';

  test('where no version is given: the oldest supported may be there', () => {
    expect(mistakes({ sidecar: true })).toEqual([tooOld('1.28')]);
  });

  test.each(['1.27', '1.28', '1.9'])('on Kubernetes %s', (kubernetesVersion) => {
    expect(mistakes({ sidecar: true, kubernetesVersion })).toEqual([tooOld(kubernetesVersion)]);
  });

  test.each(['1.29', '1.30', '1.100', '{{ .Capabilities.KubeVersion.Minor }}'])(
    'not on %s',
    (kubernetesVersion) => {
      expect(mistakes({ sidecar: true, kubernetesVersion })).toEqual([]);
    },
  );

  test.each(['v1.29', '1.29.3', '1', 'latest'])('by a version that is none: %s', (kubernetesVersion) => {
    expect(mistakes({ sidecar: true, kubernetesVersion })).toEqual([
      `[test/Init] kubernetesVersion "${kubernetesVersion}" is not valid: give major and minor version, like "1.31".`,
    ]);
  });

  test('not without a sidecar', () => {
    expect(mistakes({ kubernetesVersion: '1.28' })).toEqual([]);
  });

  test('beside refresh', () => {
    expect(mistakes({ ...SIDECAR, refresh: true })).toEqual([
      '[test/Init] sidecar and refresh exclude each other, because a sidecar refreshes too: leave out refresh.',
    ]);
  });

  test('at the port of another container', () => {
    const { chart, pod } = initIn('sites', { ...SIDECAR, refreshPort: 8080 });
    const { configMap } = new MultisiteKubeconfig(chart, 'Other', { metadata: { name: 'other' } });
    new MultisiteInit(chart, 'OtherInit', {
      pod,
      configMap,
      containerName: 'other',
      refreshPort: 8080,
      ...SIDECAR,
    });
    const shared = (one: string, other: string) =>
      `containers ${one} and ${other} of test/App both listen on port 8080: give another refreshPort.`;
    expect(mistakesIn(chart)).toEqual([
      `[test/Init] ${shared('multisite-init', 'other')}`,
      `[test/Init] ${shared('multisite-init', 'app')}`,
      `[test/OtherInit] ${shared('other', 'multisite-init')}`,
      `[test/OtherInit] ${shared('other', 'app')}`,
    ]);
  });

  test('in a CronJob only where runs overlap with the token of one pod', () => {
    const chart = newChart('sites');
    const pod = new kplus.CronJob(chart, 'App', { schedule: Cron.daily(), ...APP });
    addInit(chart, pod, { credential: undefined });
    expect(mistakesIn(chart)).toEqual([]);
  });
});
