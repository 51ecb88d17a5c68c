import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { MultisiteKubeconfig } from '../../../src/index.ts';
import { reportAtSynthesis } from '../../../src/private/validation/report.ts';
import { APP } from '../init-in.ts';
import { manifests, mistakesIn, newChart } from '../manifests.ts';

const OVERWRITTEN = expect.stringContaining(
  'ConfigMap sites is rendered by test/Late/Resource, too, and the one applied later would overwrite the other',
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
  expect(() => app.synthYaml()).toThrow('[test/Kubeconfig] ConfigMap sites is rendered by test/Late');
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
