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

function alsoBy(path: string, kind: string, name: string, hint = 'give one of them another name.'): string {
  return `${path} also renders ${kind} ${name}, and the object that is applied later would overwrite the other: ${hint}`;
}

function shared(prop: string): string {
  return `pass the same object to both constructs (prop \`${prop}\`), or give one of the two objects another \`metadata.name\`.`;
}

describe('two objects of one name', () => {
  test('are a mistake of the later kubeconfig', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'One');
    new MultisiteKubeconfig(chart, 'Other');
    const name = MultisiteKubeconfig.DEFAULT_NAME;
    expect(mistakesIn(chart)).toEqual([
      `[test/Other] ${alsoBy('test/One/ConfigMap/Resource', 'ConfigMap', name, shared('configMap'))}`,
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

  test('are one mistake for all that two of MultisiteInitJob create', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const props = { configMap, credential: siteCredential(chart), metadata: { name: 'once' } };
    new MultisiteInitJob(chart, 'One', props);
    new MultisiteInitJob(chart, 'Other', props);
    expect(mistakesIn(chart)).toEqual([
      '[test/Other] test/One also renders Job once and 3 other objects, and the objects that are applied later would overwrite the ' +
        'others: give one of them another `metadata.name`.',
    ]);
  });

  test('are reported once for each of ours but the first', () => {
    const chart = newChart('sites');
    const metadata = { name: 'sites' };
    new kplus.Secret(chart, 'Foreign', { metadata });
    for (const id of ['One', 'Two', 'Three']) {
      MultisiteKubeconfig.secret(chart, id, { metadata });
    }
    expect(mistakesIn(chart)).toEqual([
      `[test/One] ${alsoBy('test/Foreign/Resource', 'Secret', 'sites')}`,
      `[test/Two] ${alsoBy('test/One/Resource', 'Secret', 'sites', shared('secret'))}`,
      `[test/Three] ${alsoBy('test/One/Resource', 'Secret', 'sites', shared('secret'))}`,
    ]);
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
    '[test/Manager-two] test/Manager-one/ComponentNamespace/Resource also renders Namespace apps, and the object that is applied ' +
      'later would overwrite the other: let only one of them create the namespace (createNamespace: false in the other).',
  );
});

test('two managers with the same aliases are told to give them to one', () => {
  const chart = newChart('cloudify');
  for (const name of ['one', 'two']) {
    const { configMap } = new MultisiteKubeconfig(chart, name, { metadata: { name } });
    new CloudifyManager(chart, `Manager-${name}`, { name, configMap, aliases: { consul: 'consul.example' } });
  }
  const alias = 'test/Manager-one/Aliases/Alias-consul/Resource';
  expect(mistakesIn(chart)).toEqual([
    `[test/Manager-two] ${alsoBy(alias, 'Service', 'consul', 'give these `aliases` to only one of the two constructs.')}`,
  ]);
});
