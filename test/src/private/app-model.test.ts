import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig } from '../../../src/index.ts';
import { reportAtSynthesis } from '../../../src/private/validation/report.ts';
import { APP } from '../init-in.ts';
import { manifests, mistakesIn, newChart } from '../manifests.ts';

const OVERWRITTEN = expect.stringContaining(
  'test/Late/Resource also renders ConfigMap sites, and the object that is applied later would overwrite the other',
);

test('each synthesis judges the app as it stands then', () => {
  const chart = newChart('sites');
  new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
  expect(mistakesIn(chart)).toEqual([]);

  new kplus.ConfigMap(chart, 'Late', { metadata: { name: 'sites' } });
  expect(mistakesIn(chart)).toEqual([OVERWRITTEN]);

  chart.node.tryRemoveChild('Late');
  expect(mistakesIn(chart)).toEqual([]);
});

test('the whole app is judged, whichever chart is synthesized, and as a whole', () => {
  const app = new App();
  const chart = newChart('sites', app);
  const other = newChart('sites', app, 'other');
  new kplus.ConfigMap(chart, 'Late', { metadata: { name: 'sites' } });
  new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
  for (const one of [chart, other]) {
    expect(mistakesIn(one)).toEqual([OVERWRITTEN]);
  }
  expect(() => app.synthYaml()).toThrow('[test/Kubeconfig] test/Late/Resource also renders ConfigMap sites');
});

test('of two apps neither knows of the other', () => {
  for (const chart of [newChart('sites'), newChart('sites')]) {
    new MultisiteKubeconfig(chart, 'Kubeconfig');
    expect(mistakesIn(chart)).toEqual([]);
  }
});

test('all that asks in one synthesis is handed the same model', () => {
  const chart = newChart('sites');
  const handed: unknown[] = [];
  for (const id of ['One', 'Other']) {
    const pod = new kplus.Pod(chart, id, APP);
    reportAtSynthesis(pod, (app) => {
      handed.push(app);
      return [];
    });
  }
  manifests(chart);
  expect(handed).toHaveLength(2);
  expect(handed[1]).toBe(handed[0]);
  manifests(chart);
  expect(handed[2]).not.toBe(handed[0]);
});

/** Validates the constructs of an app, as cdk8s does, in an order of its own. */
function validate(constructs: readonly IConstruct[]): string[] {
  return constructs.flatMap((construct) =>
    construct.node.validate().map((mistake) => `[${construct.node.path}] ${mistake}`),
  );
}

describe.each<[string, (all: readonly IConstruct[]) => readonly IConstruct[]]>([
  ['from the root', (all) => all],
  ['to the root', (all) => all.toReversed()],
  ['with the root in the middle', (all) => [...all.slice(all.length / 2), ...all.slice(0, all.length / 2)]],
])('constructs that are validated %s', (_, ordered) => {
  test('are judged by the app as it stands then', () => {
    const app = new App();
    const chart = newChart('sites', app);
    new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
    MultisiteKubeconfig.secret(chart, 'Secret', { metadata: { name: 'sites' } });
    const mistakes = () => validate(ordered(app.node.findAll()));
    expect(mistakes()).toEqual([]);

    new kplus.ConfigMap(chart, 'Late', { metadata: { name: 'sites' } });
    expect(mistakes()).toEqual([OVERWRITTEN]);

    const { configMap } = new MultisiteKubeconfig(chart, 'Later', { metadata: { name: 'later' } });
    configMap.addData(MultisiteKubeconfig.DEFAULT_KEY, '');
    expect(mistakes().toSorted()).toEqual([OVERWRITTEN, expect.stringContaining('declares the key')]);

    chart.node.tryRemoveChild('Late');
    chart.node.tryRemoveChild('Later');
    expect(mistakes()).toEqual([]);
  });
});

test('a construct that is validated alone leaves nothing behind for the next synthesis', () => {
  const chart = newChart('sites');
  new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
  const other = MultisiteKubeconfig.secret(chart, 'Secret');
  expect(other.node.validate()).toEqual([]);
  new kplus.ConfigMap(chart, 'Late', { metadata: { name: 'sites' } });
  expect(mistakesIn(chart)).toEqual([OVERWRITTEN]);
});

test('what a construct writes no longer counts when it is removed', () => {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  for (const id of ['One', 'Other']) {
    const pod = new kplus.Pod(chart, `${id}Pod`, APP);
    new MultisiteInit(chart, id, { pod, configMap });
  }
  expect(mistakesIn(chart)).toEqual([
    expect.stringContaining(
      '[test/Other] test/One also writes context "central", with the token of another pod',
    ),
  ]);
  chart.node.tryRemoveChild('One');
  expect(mistakesIn(chart)).toEqual([]);
});
