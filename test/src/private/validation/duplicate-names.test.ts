import { ApiObject, App, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
} from '../../../../src/index.ts';
import { APP, siteCredential } from '../../init-in.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

function alsoBy(path: string, kind: string, name: string): string {
  return (
    `${kind} ${name} is rendered by ${path}, too, and the one applied later would overwrite the other: give one of them ` +
    'another name.'
  );
}

describe('two objects of one name', () => {
  test('are mistakes of both kubeconfigs', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'One');
    new MultisiteKubeconfig(chart, 'Other');
    const name = MultisiteKubeconfig.DEFAULT_NAME;
    expect(mistakesIn(chart)).toEqual([
      `[test/One] ${alsoBy('test/Other/ConfigMap/Resource', 'ConfigMap', name)}`,
      `[test/Other] ${alsoBy('test/One/ConfigMap/Resource', 'ConfigMap', name)}`,
    ]);
  });

  test('are one of ours and somebody else’s', () => {
    const chart = newChart('sites');
    MultisiteKubeconfig.secret(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
    new ApiObject(chart, 'Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sites' } });
    expect(mistakesIn(chart)).toEqual([`[test/Kubeconfig] ${alsoBy('test/Secret', 'Secret', 'sites')}`]);
  });

  test('are not in two charts, which may be for two clusters', () => {
    const app = new App();
    new MultisiteKubeconfig(newChart('sites', app, 'berlin'), 'Kubeconfig');
    const paris = newChart('sites', app, 'paris');
    new MultisiteKubeconfig(paris, 'Kubeconfig');
    expect(mistakesIn(paris)).toEqual([]);
  });

  test('are all that MultisiteInit creates', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const pod = new kplus.Pod(chart, 'App', APP);
    new MultisiteInit(chart, 'Init', { pod, configMap, metadata: { name: 'edge' } });
    new kplus.ServiceAccount(chart, 'Account', { metadata: { name: 'edge' } });
    new kplus.Role(chart, 'Role', { metadata: { name: 'edge' } });
    const role = kplus.Role.fromRoleName(chart, 'AnyRole', 'any');
    new kplus.RoleBinding(chart, 'Binding', { metadata: { name: 'edge' }, role });
    expect(mistakesIn(chart)).toEqual([
      `[test/App/MultisiteServiceAccount] ${alsoBy('test/Account/Resource', 'ServiceAccount', 'edge')}`,
      `[test/Init] ${alsoBy('test/Role/Resource', 'Role', 'edge')}`,
      `[test/Init] ${alsoBy('test/Binding/Resource', 'RoleBinding', 'edge')}`,
    ]);
  });

  test('are all that MultisiteInitJob creates', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const props = { configMap, credential: siteCredential(chart), metadata: { name: 'once' } };
    new MultisiteInitJob(chart, 'One', props);
    new MultisiteInitJob(chart, 'Other', props);
    const account = 'Job/MultisiteServiceAccount';
    expect(mistakesIn(chart).slice(0, 4)).toEqual([
      `[test/One] ${alsoBy('test/Other/Role/Resource', 'Role', 'once')}`,
      `[test/One] ${alsoBy('test/Other/RoleBinding/Resource', 'RoleBinding', 'once')}`,
      `[test/One] ${alsoBy('test/Other/Job/Resource', 'Job', 'once')}`,
      `[test/One/${account}] ${alsoBy(`test/Other/${account}/Resource`, 'ServiceAccount', 'once')}`,
    ]);
    expect(mistakesIn(chart)).toHaveLength(8);
  });

  test('are reported each, where there are three', () => {
    const chart = newChart('sites');
    for (const id of ['One', 'Two']) {
      new kplus.ConfigMap(chart, id, { metadata: { name: 'sites' } });
    }
    new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } });
    expect(mistakesIn(chart)).toEqual([
      `[test/Kubeconfig] ${alsoBy('test/One/Resource', 'ConfigMap', 'sites')}`,
      `[test/Kubeconfig] ${alsoBy('test/Two/Resource', 'ConfigMap', 'sites')}`,
    ]);
  });

  test('are one in a chart whose namespace is left to others', () => {
    const chart = newChart(undefined);
    new MultisiteKubeconfig(chart, 'One', { metadata: { name: '{{ .Release.Name }}' } });
    new kplus.ConfigMap(chart, 'Other', { metadata: { name: '{{ .Release.Name }}' } });
    expect(mistakesIn(chart)).toEqual([
      `[test/One] ${alsoBy('test/Other/Resource', 'ConfigMap', '{{ .Release.Name }}')}`,
    ]);
  });
});

describe('objects are not one', () => {
  test('where they are of two kinds, or of two groups', () => {
    const chart = newChart('sites');
    const metadata = { name: 'sites' };
    new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata });
    MultisiteKubeconfig.secret(chart, 'Secret', { metadata });
    new ApiObject(chart, 'Other', { apiVersion: 'example.com/v1', kind: 'ConfigMap', metadata });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each<[string, (string | undefined)[]]>([
    ['in two namespaces', ['sites', 'elsewhere']],
    ['where one chart leaves its namespace to others', ['sites', undefined]],
    ['where both charts leave their namespaces to others', [undefined, undefined]],
  ])('%s', (_, namespaces) => {
    const app = new App();
    const charts = namespaces.map((namespace, index) => newChart(namespace, app, `chart${index}`));
    for (const chart of charts) {
      new MultisiteKubeconfig(chart, 'Kubeconfig');
    }
    for (const chart of charts) {
      expect(mistakesIn(chart)).toEqual([]);
    }
  });
});

describe('two objects of one kind and name in two namespaces', () => {
  function managerIn(yamlOutputType?: YamlOutputType) {
    const chart = newChart('cloudify', new App({ yamlOutputType }));
    new CloudifyManager(chart, 'Manager', { components: { namespaceName: 'apps' } });
    return chart;
  }

  test.each([undefined, YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART])(
    'are none to an app with output %s',
    (output) => expect(mistakesIn(managerIn(output))).toEqual([]),
  );

  test.each([YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE])(
    'are a mistake where cdk8s would write them to one file, with output %s',
    (output) =>
      expect(mistakesIn(managerIn(output))).toContain(
        '[test/Manager] Service dcae-cloudify-manager and ' +
          'test/Manager/ComponentAliases/Alias-dcae-cloudify-manager/Resource are in two namespaces, and cdk8s would write ' +
          'both to one file: give the App another yamlOutputType.',
      ),
  );
});

test('two managers of one component namespace are told who is to create it', () => {
  const chart = newChart('cloudify');
  for (const name of ['one', 'two']) {
    const { configMap } = new MultisiteKubeconfig(chart, name, { metadata: { name } });
    new CloudifyManager(chart, `Manager-${name}`, { name, configMap, components: { namespaceName: 'apps' } });
  }
  expect(mistakesIn(chart)).toContain(
    '[test/Manager-two] Namespace apps is rendered by test/Manager-one/ComponentNamespace/Resource, too, and the one applied ' +
      'later would overwrite the other: leave the creation of the namespace to one (createNamespace: false).',
  );
});
