import type { V1ConfigMap } from '@kubernetes/client-node';
import { ApiObject } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MultisiteKubeconfig } from '../../src/index.ts';
import { manifests, newChart, theOnly } from './manifests.ts';

describe('MultisiteKubeconfig', () => {
  test('renders', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'Kubeconfig');
    expect(manifests(chart)).toMatchSnapshot();
  });

  test('never declares data, nor makes it immutable, as every apply would then erase the sites', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'Kubeconfig');
    const configMap = theOnly<V1ConfigMap>(chart, 'ConfigMap');
    expect(configMap).not.toHaveProperty('data');
    expect(configMap).not.toHaveProperty('binaryData');
    expect(configMap.immutable).toBe(false);
  });

  test('has a fixed name, wherever it stands in the tree', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(new MultisiteKubeconfig(newChart('other'), 'A'), 'B');
    const kubeconfig = new MultisiteKubeconfig(chart, 'Kubeconfig');
    expect(kubeconfig.configMap.name).toBe('multisite-kubeconfig-configmap');
    expect(theOnly(chart, 'ConfigMap').metadata?.name).toBe(MultisiteKubeconfig.DEFAULT_NAME);
  });

  test('takes its namespace from the chart, or leaves it open', () => {
    const namespaces = ['sites', undefined].map((namespace) => {
      const chart = newChart(namespace);
      new MultisiteKubeconfig(chart, 'Kubeconfig');
      return theOnly(chart, 'ConfigMap').metadata?.namespace;
    });
    expect(namespaces).toEqual(['sites', undefined]);
  });

  test('passes metadata on, with or without a name', () => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { labels: { team: 'edge' } } });
    new MultisiteKubeconfig(chart, 'Named', { metadata: { name: 'sites', annotations: { note: 'x' } } });
    expect(manifests(chart).map((manifest) => manifest.metadata)).toEqual([
      { name: 'multisite-kubeconfig-configmap', namespace: 'sites', labels: { team: 'edge' } },
      { name: 'sites', namespace: 'sites', annotations: { note: 'x' } },
    ]);
  });

  test('is its ConfigMap to ApiObject.of, for escape hatches', () => {
    const kubeconfig = new MultisiteKubeconfig(newChart('sites'), 'Kubeconfig');
    expect(ApiObject.of(kubeconfig).kind).toBe('ConfigMap');
  });

  test.each([
    [{ namespace: 'elsewhere' }, 'metadata.namespace is not taken: give the namespace to the chart instead.'],
    [{ name: 'Sites' }, 'metadata.name "Sites" is not valid: give lower-case letters, digits, "-" or "."'],
    [{ name: '' }, 'metadata.name "" is not valid'],
  ])('refuses the metadata %j', (metadata, message) => {
    const chart = newChart('sites');
    expect(() => new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata })).toThrow(
      `[test/Kubeconfig] ${message}`,
    );
  });
});
