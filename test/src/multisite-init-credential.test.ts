import type { KubernetesObject, V1Role, V1RoleBinding } from '@kubernetes/client-node';
import { App, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteInitJob, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { APP, initContainer, initIn } from './init-in.ts';
import { manifests, newChart, podSpec, theOnly } from './manifests.ts';

const KUBECONFIG_RULE = {
  apiGroups: [''],
  resources: ['configmaps'],
  resourceNames: ['multisite-kubeconfig-configmap'],
  verbs: ['get', 'patch'],
};
const TOKEN_RULE = {
  apiGroups: [''],
  resources: ['serviceaccounts/token'],
  resourceNames: ['site'],
  verbs: ['create'],
};

/** A ServiceAccount of another chart than the pod's. */
function site(namespaceName?: string): kplus.IServiceAccount {
  return kplus.ServiceAccount.fromServiceAccountName(newChart('sites'), 'Site', 'site', { namespaceName });
}

function names(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
}

describe('the pod’s own token', () => {
  test('is the default', () => {
    const credential = SiteCredential.podIdentity();
    expect(manifests(initIn('sites', { credential }).chart)).toEqual(manifests(initIn('sites').chart));
  });

  test('needs no flag, and no right but to the ConfigMap', () => {
    const { chart } = initIn('sites', { credential: SiteCredential.podIdentity() });
    expect(initContainer(chart)?.args?.join(' ')).not.toMatch(/token|account|expiration/);
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([KUBECONFIG_RULE]);
  });
});

describe('a requested token', () => {
  test('is asked for by flags, its expiration left to the API server', () => {
    const { chart } = initIn('sites', { credential: SiteCredential.requested(site()) });
    expect(initContainer(chart)?.args?.slice(5)).toEqual([
      '--token-source=request',
      '--service-account=site',
    ]);
  });

  test.each([
    [Duration.hours(8), '28800s'],
    [Duration.millis(900_000), '900s'],
  ])('lasts what is said: %s', (expiration, said) => {
    const { chart } = initIn('sites', { credential: SiteCredential.requested(site(), { expiration }) });
    expect(initContainer(chart)?.args?.slice(5)).toEqual([
      '--token-source=request',
      '--service-account=site',
      `--expiration=${said}`,
    ]);
  });

  test('takes the right to create tokens of that one ServiceAccount', () => {
    const { chart } = initIn('sites', { credential: SiteCredential.requested(site()) });
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([KUBECONFIG_RULE, TOKEN_RULE]);
  });

  test('gives the pod no other identity: its right goes to the pod’s own ServiceAccount', () => {
    const { chart, init } = initIn('sites', { credential: SiteCredential.requested(site()) });
    expect(podSpec(chart, 'Pod').serviceAccountName).toBe(init.serviceAccount.name);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: init.serviceAccount.name, namespace: 'sites' },
    ]);
  });

  test('is for a Job as well', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = SiteCredential.requested(site(), { expiration: Duration.days(30) });
    new MultisiteInitJob(chart, 'Init', { configMap, credential });
    expect(podSpec(chart, 'Job').containers[0]?.args).toEqual(
      expect.arrayContaining(['--service-account=site', '--expiration=2592000s']),
    );
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([KUBECONFIG_RULE, TOKEN_RULE]);
  });

  test('comes from a ServiceAccount that is rendered before the pod', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const account = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: SiteCredential.requested(account) });
    const rendered = names(manifests(chart));
    expect(rendered.indexOf('ServiceAccount site')).toBeGreaterThanOrEqual(0);
    expect(rendered.at(-1)).toMatch(/^Pod /);
  });

  test('may be of a ServiceAccount in another chart, which then comes first', () => {
    const app = new App();
    const chart = newChart('sites', app, 'pods');
    const account = new kplus.ServiceAccount(newChart('sites', app, 'accounts'), 'Site');
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: SiteCredential.requested(account) });
    app.synthYaml();
    expect(app.charts.map(({ node }) => node.id)).toEqual(['accounts', 'pods']);
  });

  test.each<[string | undefined, string | undefined]>([
    ['sites', undefined],
    ['sites', 'sites'],
    [undefined, undefined],
  ])('may be, in a chart in %s, of an existing ServiceAccount said to be in %s', (namespace, said) => {
    const { chart } = initIn(namespace, { credential: SiteCredential.requested(site(said)) });
    expect(theOnly<V1Role>(chart, 'Role').rules).toContainEqual(TOKEN_RULE);
  });

  test.each([
    ['sites', 'sites'],
    [undefined, 'none yet'],
  ])('may not be of a ServiceAccount elsewhere than a pod in %s', (namespace, inWords) => {
    const credential = SiteCredential.requested(site('elsewhere'));
    expect(() => initIn(namespace, { credential })).toThrow(
      `[test/Init] ServiceAccount site is in namespace elsewhere, the pod in ${inWords}, and can use no other: ` +
        'give both the same namespace.',
    );
  });
});
