import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { ApiObject, Include } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import * as kplus34 from 'cdk8s-plus-34';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { Metainit } from '../../src/index.ts';
import { APP, COMPLETING, SERVING } from './init-in.ts';
import { manifests, mistakesIn, newChart, theOnly } from './manifests.ts';

const LABEL = 'k8s.opsani.io/initializer';

interface Labelled {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly template?: Labelled; readonly jobTemplate?: Labelled };
  readonly template?: Labelled;
}

/** The labels of the pod, and those of the objects around it. */
function labelsOf(object: Labelled): (Readonly<Record<string, string>> | undefined)[] {
  const inner = object.spec?.template ?? object.spec?.jobTemplate ?? object.template;
  return [...(inner === undefined ? [] : labelsOf(inner)), object.metadata?.labels];
}

function expectOnPodOnly(object: Labelled): void {
  const [pod, ...others] = labelsOf(object);
  expect(pod).toHaveProperty([LABEL], '');
  expect(JSON.stringify(others)).not.toContain(LABEL);
}

test.each([...SERVING, ...COMPLETING])(
  'the label is on the pods of a %s of cdk8s-plus-27, and nowhere else',
  (kind, newPod) => {
    const chart = newChart('apps');
    Metainit.addLabel(newPod(chart, APP));
    expectOnPodOnly(theOnly(chart, kind) as Labelled);
  },
);

test('the label is on the pods of a Deployment of another cdk8s-plus', () => {
  const chart = newChart('apps');
  const deployment = new kplus34.Deployment(chart, 'App', { containers: [{ image: 'app' }] });
  Metainit.addLabel(deployment);
  const { spec } = theOnly<V1Deployment>(chart, 'Deployment');
  expectOnPodOnly(theOnly(chart, 'Deployment') as Labelled);
  expect(spec?.template.metadata?.labels).toMatchObject(spec?.selector.matchLabels ?? {});
});

const TEMPLATE = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };

test.each<[string, object]>([
  ['Pod', TEMPLATE],
  ['ReplicaSet', { spec: { template: TEMPLATE } }],
  ['ReplicationController', { spec: { template: TEMPLATE } }],
  ['PodTemplate', { template: TEMPLATE }],
  ['CronJob', { spec: { jobTemplate: { spec: { template: TEMPLATE } } } }],
  ['Rollout', { spec: { template: TEMPLATE } }],
  ['Deployment', { spec: { template: { spec: TEMPLATE.spec } } }],
])('the label is on the pods of the ApiObject %s, whose other fields stay', (kind, fields) => {
  const plain = newChart('apps');
  new ApiObject(plain, 'App', { apiVersion: 'v1', kind, ...fields });
  const chart = newChart('apps');
  Metainit.addLabel(new ApiObject(chart, 'App', { apiVersion: 'v1', kind, ...fields }));
  expectOnPodOnly(theOnly(chart, kind) as Labelled);
  const without = JSON.stringify(manifests(chart)).replace(/,?"k8s.opsani.io\/initializer":""/, '');
  const empty = /,"metadata":\{"labels":\{\}\}/;
  expect(without.replace(empty, '')).toBe(JSON.stringify(manifests(plain)));
});

test('the label can be another, and more than one', () => {
  const chart = newChart('apps');
  const pod = new kplus.Pod(chart, 'App', APP);
  Metainit.addLabel(pod, 'example.com/first');
  Metainit.addLabel(pod);
  expect(theOnly<V1Pod>(chart, 'Pod').metadata?.labels).toMatchObject({
    'example.com/first': '',
    [LABEL]: '',
  });
});

describe('a mistake is reported', () => {
  test.each<[string, (chart: ReturnType<typeof newChart>) => IConstruct, string]>([
    [
      'a Service',
      (chart) => new kplus.Service(chart, 'App', { ports: [{ port: 80 }] }),
      '[test/App] pod is test/App, a Service in which no pod can be found: give a Pod, a Deployment or another',
    ],
    [
      'an Include',
      (chart) => new Include(chart, 'App', { url: 'dist/0001-cloudify-manager.k8s.yaml' }),
      '[test/App] pod is test/App, which does not render exactly one object',
    ],
    ['a chart', (chart) => chart, '[test] pod is test, which does not render exactly one object'],
  ])('for %s', (_, construct, mistake) => {
    const chart = newChart('apps');
    Metainit.addLabel(construct(chart));
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(mistake)]);
  });

  test('for a key that is no label', () => {
    const chart = newChart('apps');
    Metainit.addLabel(new kplus.Pod(chart, 'App', APP), 'a b');
    expect(mistakesIn(chart)).toEqual([expect.stringContaining('[test/App] label "a b" is not valid')]);
  });

  test('at once for something that is no construct', () => {
    expect(() => Metainit.addLabel({} as IConstruct)).toThrow('pod is not a construct: give a Pod');
  });
});
