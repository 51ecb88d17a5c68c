import type { V1Role, V1Secret } from '@kubernetes/client-node';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  MultisiteInit,
  MultisiteInitJob,
  type MultisiteInitProps,
  MultisiteKubeconfig,
} from '../../src/index.ts';
import { APP, initContainer, siteCredential } from './init-in.ts';
import { manifests, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

function initWith(props: (chart: ReturnType<typeof newChart>) => Partial<MultisiteInitProps>) {
  const chart = newChart('sites');
  const pod = new kplus.Pod(chart, 'App', APP);
  return { chart, init: new MultisiteInit(chart, 'Init', { pod, ...props(chart) }) };
}

function initWithSecret(more: Partial<MultisiteInitProps> = {}) {
  return initWith((chart) => ({ secret: MultisiteKubeconfig.secret(chart, 'Kubeconfig'), ...more }));
}

const RULE = {
  apiGroups: [''],
  resources: ['secrets'],
  resourceNames: ['multisite-kubeconfig-secret'],
  verbs: ['get', 'patch'],
};

describe('a kubeconfig in a Secret', () => {
  test('is named by --secret, and by no other flag', () => {
    const { chart } = initWithSecret();
    expect(initContainer(chart)?.args).toEqual([
      '--namespace=sites',
      '--location=central',
      '--user=user00',
      '--secret=multisite-kubeconfig-secret',
      '--key=kubeconfig',
    ]);
    expect(ofKind(chart, 'ConfigMap')).toEqual([]);
  });

  test('is what the rights are for', () => {
    expect(theOnly<V1Role>(initWithSecret().chart, 'Role').rules).toEqual([RULE]);
    expect(theOnly<V1Role>(initWithSecret({ refresh: true }).chart, 'Role').rules).toEqual([
      { ...RULE, verbs: ['get', 'patch', 'watch'] },
    ]);
  });

  test('may be written by a Job', () => {
    const chart = newChart('sites');
    const secret = MultisiteKubeconfig.secret(chart, 'Kubeconfig');
    new MultisiteInitJob(chart, 'Init', { secret, credential: siteCredential(chart) });
    expect(podSpec(chart, 'Job').containers[0]?.args).toContain('--secret=multisite-kubeconfig-secret');
    expect(theOnly<V1Role>(chart, 'Role').rules?.[0]).toEqual(RULE);
  });

  test('may be in a Secret that exists', () => {
    const secret = kplus.Secret.fromSecretName(newChart('sites'), 'Existing', 'existing');
    const { chart } = initWith(() => ({ secret }));
    expect(initContainer(chart)?.args).toContain('--secret=existing');
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([{ ...RULE, resourceNames: ['existing'] }]);
  });

  test('is rendered before the pod', () => {
    expect(manifests(initWithSecret().chart).at(-1)?.kind).toBe('Pod');
  });

  test('leaves room for other keys', () => {
    const { chart } = initWith((own) => {
      const secret = MultisiteKubeconfig.secret(own, 'Kubeconfig');
      secret.addStringData('readme', 'filled by multisite-init');
      return { secret, key: 'constructor' };
    });
    expect(theOnly<V1Secret>(chart, 'Secret').stringData).toEqual({ readme: 'filled by multisite-init' });
  });
});

describe('a mistake is refused with a hint:', () => {
  type Props = Parameters<typeof initWith>[0];

  test.each<[string, Props, string]>([
    [
      'neither ConfigMap nor Secret',
      () => ({}),
      'no object for the kubeconfig is given: give configMap or secret.',
    ],
    [
      'both',
      (chart) => ({
        configMap: new MultisiteKubeconfig(chart, 'Kubeconfig').configMap,
        secret: MultisiteKubeconfig.secret(chart, 'Secret'),
      }),
      'configMap and secret exclude each other, because the kubeconfig is in one place: leave one of the two out.',
    ],
    [
      'a Secret as the ConfigMap',
      (chart) => ({ configMap: MultisiteKubeconfig.secret(chart, 'Secret') }),
      'configMap is the Secret multisite-kubeconfig-secret: give this Secret in the prop secret.',
    ],
    [
      'a Secret without a name',
      (chart) => ({ secret: kplus.Secret.fromSecretName(chart, 'Nameless', '') }),
      'secret.name "" is not valid: give at most 253 lower-case letters',
    ],
    [
      'a Secret of another namespace',
      () => ({ secret: MultisiteKubeconfig.secret(newChart('elsewhere'), 'Secret') }),
      'Secret multisite-kubeconfig-secret is in namespace elsewhere, the pod is in namespace sites. A pod can only read Secrets',
    ],
    [
      'a Secret without a namespace',
      () => ({ secret: MultisiteKubeconfig.secret(newChart(undefined), 'Secret') }),
      'Secret multisite-kubeconfig-secret is in no namespace, the pod is in namespace sites',
    ],
  ])('%s', (_, props, message) => {
    expect(() => manifests(initWith(props).chart)).toThrow(`[test/Init] ${message}`);
  });

  test('nothing to write to, of a Job', () => {
    const chart = newChart('sites');
    new MultisiteInitJob(chart, 'Init', { credential: siteCredential(chart) });
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] no object for the kubeconfig is given: give configMap or secret.',
    ]);
  });

  test('a Secret that declares the key', () => {
    const { chart } = initWith((own) => {
      const secret = MultisiteKubeconfig.secret(own, 'Kubeconfig');
      secret.addStringData('kubeconfig', '');
      return { secret };
    });
    expect(() => manifests(chart)).toThrow(
      '[test/Kubeconfig] Secret multisite-kubeconfig-secret declares the key kubeconfig, so every apply would erase',
    );
  });

  test('an immutable Secret', () => {
    const { chart } = initWith((own) => ({
      secret: new kplus.Secret(own, 'Fixed', { immutable: true, metadata: { name: 'fixed' } }),
    }));
    expect(() => manifests(chart)).toThrow(
      '[test/Init] Secret fixed is immutable, so no site can be written: make it mutable.',
    );
  });
});
