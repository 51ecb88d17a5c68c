import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { ApiObject } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MultisiteKubeconfig, type MultisiteKubeconfigProps } from '../../src/index.ts';
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
    [
      { namespace: 'elsewhere' },
      'metadata.namespace is not allowed here: give the namespace to the chart instead.',
    ],
    [
      { name: 'Sites' },
      'metadata.name "Sites" is not valid: give at most 253 lower-case letters, digits, "-" or "."',
    ],
    [{ name: '' }, 'metadata.name "" is not valid'],
  ])('refuses the metadata %j', (metadata, message) => {
    const chart = newChart('sites');
    new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata });
    expect(() => manifests(chart)).toThrow(`[test/Kubeconfig] ${message}`);
  });
});

describe('MultisiteKubeconfig.secret', () => {
  function secretIn(namespace: string | undefined, props?: MultisiteKubeconfigProps) {
    const chart = newChart(namespace);
    return { chart, secret: MultisiteKubeconfig.secret(chart, 'Kubeconfig', props) };
  }

  test('renders', () => {
    expect(manifests(secretIn('sites').chart)).toMatchSnapshot();
  });

  test('never declares data, nor makes it immutable, as every apply would then erase the sites', () => {
    const secret = theOnly<V1Secret>(secretIn('sites').chart, 'Secret');
    expect(secret).not.toHaveProperty('data');
    expect(secret.stringData).toEqual({});
    expect(secret.immutable).toBe(false);
    expect(secret.type).toBe('Opaque');
  });

  test('has a fixed name, and its namespace from the chart, if any', () => {
    expect(secretIn('sites').secret.name).toBe('multisite-kubeconfig-secret');
    expect(theOnly(secretIn('sites').chart, 'Secret').metadata).toEqual({
      name: MultisiteKubeconfig.DEFAULT_SECRET_NAME,
      namespace: 'sites',
    });
    expect(theOnly(secretIn(undefined).chart, 'Secret').metadata).not.toHaveProperty('namespace');
  });

  test('passes metadata on, with or without a name', () => {
    const metadata = { labels: { team: 'edge' } };
    expect(theOnly(secretIn('sites', { metadata }).chart, 'Secret').metadata).toEqual({
      ...metadata,
      name: 'multisite-kubeconfig-secret',
      namespace: 'sites',
    });
    expect(secretIn('sites', { metadata: { name: 'sites' } }).secret.name).toBe('sites');
  });

  test.each([
    [
      { namespace: 'elsewhere' },
      'metadata.namespace is not allowed here: give the namespace to the chart instead.',
    ],
    [
      { name: 'Sites' },
      'metadata.name "Sites" is not valid: give at most 253 lower-case letters, digits, "-" or "."',
    ],
  ])('refuses the metadata %j', (metadata, message) => {
    expect(() => manifests(secretIn('sites', { metadata }).chart)).toThrow(`[test/Kubeconfig] ${message}`);
  });
});
