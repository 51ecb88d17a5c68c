import { describe, expect, test } from 'vitest';
import { CloudifyManager, type CloudifyManagerProps, MultisiteKubeconfig } from '../../../../src/index.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

describe('two managers in one chart', () => {
  test('are told all that they have in common at once, each mistake once and with its prop', () => {
    const chart = newChart('onap');
    new CloudifyManager(chart, 'Central');
    new CloudifyManager(chart, 'Edge');
    expect(mistakesIn(chart)).toEqual([
      expect.stringMatching(
        /^\[test\/Edge\] test\/Central also renders .* give one of them another `name`\.$/,
      ),
      expect.stringMatching(
        /^\[test\/Edge\/Kubeconfig\] .* also renders ConfigMap .* pass the same object to both constructs \(prop `configMap`\)/,
      ),
      expect.stringMatching(
        /^\[test\/Edge\/Init\] test\/Central\/Init also writes context "central", .* give one of them another init\.location and init\.user, or/,
      ),
    ]);
  });

  test('go together once they have done what they were told', () => {
    const chart = newChart('onap');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new CloudifyManager(chart, 'Central', { configMap });
    new CloudifyManager(chart, 'Edge', { name: 'edge', configMap, init: { location: 'edge', user: 'edge' } });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('may have kubeconfigs of their own, each with the same location', () => {
    const chart = newChart('onap');
    for (const name of ['one', 'other']) {
      const { configMap } = new MultisiteKubeconfig(chart, name, { metadata: { name } });
      new CloudifyManager(chart, `Manager-${name}`, { name, configMap });
    }
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('are told of a name that one has of the other by chance', () => {
    const chart = newChart('onap');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new CloudifyManager(chart, 'One', { name: 'one', configMap });
    const init = { location: 'edge', user: 'edge' };
    new CloudifyManager(chart, 'Site', { name: 'one-site', configMap, init });
    expect(mistakesIn(chart)).toEqual([
      '[test/Site] test/One/SiteServiceAccount/Resource also renders ServiceAccount one-site, and the object that is applied ' +
        'later would overwrite the other: give one of them another `name`.',
    ]);
  });
});

describe('one mistake of a manager is one error', () => {
  test.each<[CloudifyManagerProps, string]>([
    [{ name: 'Foo_Bar' }, '[test/Manager] name "Foo_Bar" is not valid'],
    [
      { components: { namespaceName: 'onap' } },
      "[test/Manager] components.namespaceName onap is the manager's own",
    ],
    [
      { components: { namespaceName: 'Foo_Bar' } },
      '[test/Manager] components.namespaceName "Foo_Bar" is not valid',
    ],
    [
      { components: { namespaceName: 'kube-system' } },
      '[test/Manager] components.namespaceName kube-system belongs to Kubernetes',
    ],
    [{ metadata: { labels: { 'a b': 'c' } } }, '[test/Manager] metadata.labels: the key "a b" is not valid'],
    [{ metadata: { namespace: 'x' } }, '[test/Manager] metadata.namespace is not allowed here'],
    [{ init: { location: ' x' } }, '[test/Manager/Init] init.location " x" is not valid'],
    [{ init: { user: ' x' } }, '[test/Manager/Init] init.user " x" is not valid'],
    [{ init: { key: ' x' } }, '[test/Manager/Init] init.key " x" is not valid'],
    [{ init: { image: { tag: ' x' } } }, '[test/Manager/Init] init.image.tag " x" is not valid'],
    [{ logShipping: { image: { tag: ' x' } } }, '[test/Manager] logShipping.image.tag " x" is not valid'],
  ])('%j', (props, mistake) => {
    const chart = newChart('onap');
    new CloudifyManager(chart, 'Manager', props);
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(mistake)]);
  });
});
