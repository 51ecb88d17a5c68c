import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CloudifyManager, MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../../src/index.ts';
import { APP } from '../init-in.ts';
import { mistakesIn, newChart } from '../manifests.ts';

/** Where among the objects of the app one is. */
function position(app: App, kind: string, name: string): number {
  const objects = parseAllDocuments(app.synthYaml()).map((document) => document.toJS());
  return objects.findIndex((object) => object.kind === kind && object.metadata.name === name);
}

describe('what a pod needs comes before it', () => {
  test('in its chart', () => {
    const app = new App();
    const chart = newChart('sites', app);
    const pod = new kplus.Pod(chart, 'App', { ...APP, metadata: { name: 'app' } });
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    for (const [kind, name] of [
      ['ConfigMap', 'multisite-kubeconfig-configmap'],
      ['ServiceAccount', 'app-multisite'],
      ['Role', 'app-multisite-init'],
      ['RoleBinding', 'app-multisite-init'],
    ] as const) {
      expect(position(app, kind, name), kind).toBeGreaterThanOrEqual(0);
      expect(position(app, kind, name), kind).toBeLessThan(position(app, 'Pod', 'app'));
    }
  });

  test('in another chart', () => {
    const app = new App();
    const chart = newChart('sites', app, 'a');
    const other = newChart('sites', app, 'z');
    const { configMap } = new MultisiteKubeconfig(other, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap });
    app.synthYaml();
    expect(app.charts).toEqual([other, chart]);
  });

  test('as far as nested charts let it', () => {
    const app = new App();
    const parent = newChart('sites', app, 'parent');
    const { configMap } = new MultisiteKubeconfig(parent, 'Kubeconfig');
    const site = new kplus.ServiceAccount(parent, 'Site');
    const child = new Chart(parent, 'child', { namespace: 'sites' });
    const credential = SiteCredential.requested(site);
    new MultisiteInit(child, 'Init', { pod: new kplus.Pod(child, 'App', APP), configMap, credential });
    new CloudifyManager(child, 'Manager', { configMap, init: { credential, location: 'b', user: 'b' } });
    expect(mistakesIn(child)).toEqual([]);
    expect(app.charts).toEqual([child, parent]);
  });

  test('as far as charts that need each other let it', () => {
    const app = new App();
    const [one, two] = ['one', 'two'].map((id) => newChart('sites', app, id)) as [Chart, Chart];
    const kubeconfigs = [one, two].map((chart) => {
      const metadata = { name: `${chart.node.id}-kubeconfig` };
      return new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata }).configMap;
    });
    new MultisiteInit(one, 'Init', { pod: new kplus.Pod(one, 'App', APP), configMap: kubeconfigs[1] });
    new MultisiteInit(two, 'Init', { pod: new kplus.Pod(two, 'App', APP), configMap: kubeconfigs[0] });
    expect(mistakesIn(one)).toEqual([]);
    expect(app.charts).toHaveLength(2);
  });

  test('unless the app wants it otherwise', () => {
    const app = new App();
    const chart = newChart('sites', app, 'chart');
    const other = newChart('sites', app, 'other');
    other.addDependency(chart);
    const { configMap } = new MultisiteKubeconfig(other, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap });
    expect(mistakesIn(chart)).toEqual([]);
  });
});

test('what exists already may be named anywhere in the app', () => {
  const app = new App();
  const chart = newChart('sites', app);
  const configMap = kplus.ConfigMap.fromConfigMapName(app, 'Sites', 'sites');
  const site = kplus.ServiceAccount.fromServiceAccountName(app, 'Site', 'site');
  const credential = SiteCredential.requested(site);
  new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap, credential });
  expect(mistakesIn(chart)).toEqual([]);
});
