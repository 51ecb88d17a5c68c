import type { V1Role } from '@kubernetes/client-node';
import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  MultisiteInit,
  MultisiteInitJob,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  type MultisiteTarget,
  type RequestedCredentialOptions,
  SiteCredential,
} from '../../src/index.ts';
import { optionsOf } from '../support/options-of.ts';
import { APP, siteCredential } from './init-in.ts';
import { allContainers, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

const MOUNT = '/var/run/multisite/target';

/** A central cluster with the kubeconfig, and a site of another cluster that registers itself there. */
function twoClusters(target: Partial<MultisiteTarget> = {}, props: Partial<MultisiteInitProps> = {}) {
  const app = new App();
  const central = newChart('cloudify', app, 'central');
  const { configMap } = new MultisiteKubeconfig(central, 'Kubeconfig');
  const edge = newChart('multisite', app, 'edge');
  const pod = new kplus.Deployment(edge, 'App', { ...APP, replicas: 1 });
  const kubeconfig = kplus.Secret.fromSecretName(edge, 'Central', 'central');
  new MultisiteInit(edge, 'Init', {
    pod,
    configMap,
    target: { kubeconfig, ...target },
    location: 'edge',
    user: 'edge',
    credential: siteCredential(edge),
    refresh: true,
    ...props,
  });
  return { app, central, edge, pod, configMap, kubeconfig };
}

function ours({ edge }: ReturnType<typeof twoClusters>) {
  return allContainers(podSpec(edge, 'Deployment')).filter(({ name }) => name.startsWith('multisite-init'));
}

describe('a target', () => {
  test('leads both containers to the kubeconfig of another cluster', () => {
    const built = twoClusters();
    expect(ours(built)).toHaveLength(2);
    for (const container of ours(built)) {
      expect(optionsOf(...(container.args ?? []))).toMatchObject({
        target: { namespace: 'cloudify' },
        targetCluster: { context: undefined, kubeconfig: `${MOUNT}/kubeconfig` },
      });
      expect(container.volumeMounts).toContainEqual({
        mountPath: MOUNT,
        name: 'multisite-init-target',
        readOnly: true,
      });
    }
    expect(podSpec(built.edge, 'Deployment').volumes).toContainEqual({
      name: 'multisite-init-target',
      secret: { secretName: 'central' },
    });
    expect(mistakesIn(built.edge)).toEqual([]);
  });

  test('takes another key, context and namespace', () => {
    const built = twoClusters({ key: 'config', context: 'the central one', namespaceName: 'fleet' });
    for (const container of ours(built)) {
      expect(container.args).toEqual(
        expect.arrayContaining([
          '--namespace=fleet',
          `--target-kubeconfig=${MOUNT}/config`,
          '--target-context=the central one',
        ]),
      );
    }
  });

  test('needs no right to the kubeconfig in the cluster of the pod', () => {
    const { edge } = twoClusters();
    expect(theOnly<V1Role>(edge, 'Role').rules).toEqual([
      { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['site'], verbs: ['create'] },
    ]);
  });

  test('makes no chart depend on that of another cluster', () => {
    const { app, central, edge } = twoClusters();
    app.synthYaml();
    expect(edge.node.dependencies).toEqual([]);
    expect(central.node.dependencies).toEqual([]);
  });

  test('takes a Secret there, known by its name, in the namespace that the pod has, too', () => {
    const chart = newChart('multisite');
    const pod = new kplus.Pod(chart, 'App', APP);
    const kubeconfig = kplus.Secret.fromSecretName(chart, 'Central', 'central');
    const secret = kplus.Secret.fromSecretName(chart, 'Sites', 'sites');
    new MultisiteInit(chart, 'Init', { pod, secret, target: { kubeconfig } });
    expect(podSpec(chart, 'Pod').initContainers?.[0]?.args).toEqual(
      expect.arrayContaining(['--namespace=multisite', '--secret=sites']),
    );
  });

  test('is taken by a Job', () => {
    const chart = newChart('multisite');
    const kubeconfig = kplus.Secret.fromSecretName(chart, 'Central', 'central');
    new MultisiteInitJob(chart, 'Init', {
      configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Sites', 'sites'),
      target: { kubeconfig, namespaceName: 'cloudify' },
      credential: siteCredential(chart),
    });
    expect(podSpec(chart, 'Job').containers[0]?.args).toEqual(
      expect.arrayContaining(['--namespace=cloudify', `--target-kubeconfig=${MOUNT}/kubeconfig`]),
    );
  });

  test('of one name is another kubeconfig than the one beside the pod', () => {
    const chart = newChart('multisite');
    const pod = new kplus.Pod(chart, 'App', APP);
    const kubeconfig = kplus.Secret.fromSecretName(chart, 'Central', 'central');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const there = kplus.ConfigMap.fromConfigMapName(chart, 'There', configMap.name);
    new MultisiteInit(chart, 'Init', { pod, configMap });
    new MultisiteInit(chart, 'Other', {
      pod,
      configMap: there,
      target: { kubeconfig },
      containerName: 'other',
      credential: siteCredential(chart),
    });
    expect(mistakesIn(chart)).toEqual([]);
    expect(ofKind(chart, 'Role')).toHaveLength(2);
  });
});

test('what is wrong with an object of that name beside the pod is not said of the one elsewhere', () => {
  const chart = newChart('multisite');
  const pod = new kplus.Pod(chart, 'App', APP);
  new kplus.ConfigMap(chart, 'Beside', { metadata: { name: 'sites' }, immutable: true });
  new MultisiteInit(chart, 'Init', {
    pod,
    configMap: kplus.ConfigMap.fromConfigMapName(chart, 'There', 'sites'),
    target: { kubeconfig: kplus.Secret.fromSecretName(chart, 'Central', 'central') },
  });
  expect(mistakesIn(chart)).toEqual([]);
});

describe('a mistake is refused with a hint:', () => {
  test.each<[string, Partial<MultisiteTarget>, string]>([
    [
      'no Secret',
      { kubeconfig: 'central' as unknown as kplus.ISecret },
      'target.kubeconfig is the string "central": give a Secret. If the Secret exists already, use ',
    ],
    [
      'a Secret of another namespace',
      { kubeconfig: new kplus.Secret(newChart('elsewhere'), 'Central', { metadata: { name: 'central' } }) },
      'target.kubeconfig central is in namespace elsewhere, the pod is in namespace multisite: give both the same namespace.',
    ],
    ['a key that is a path', { key: 'a/b' }, 'target.key "a/b" is not valid'],
    ['an empty context', { context: '' }, 'target.context "" is not valid'],
    ['a namespace that is none', { namespaceName: 'A' }, 'target.namespaceName "A" is not valid'],
  ])('%s', (_, target, message) => {
    expect(mistakesIn(twoClusters(target).edge)).toEqual([expect.stringContaining(`[edge/Init] ${message}`)]);
  });

  test('two sites that write one context of one kubeconfig', () => {
    const { app, configMap } = twoClusters();
    const other = newChart('multisite', app, 'harbour');
    new MultisiteInit(other, 'Init', {
      pod: new kplus.Pod(other, 'App', APP),
      configMap,
      target: { kubeconfig: kplus.Secret.fromSecretName(other, 'Central', 'central') },
      location: 'edge',
      user: 'other',
      credential: siteCredential(other),
    });
    expect(mistakesIn(other)).toEqual([
      expect.stringContaining('[harbour/Init] edge/Init also writes context "edge", with another user'),
    ]);
  });
});

describe('the address of a requested credential', () => {
  function requested(options: (chart: ReturnType<typeof newChart>) => RequestedCredentialOptions) {
    const chart = newChart('multisite');
    const account = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = SiteCredential.requested(account, options(chart));
    new MultisiteInit(chart, 'Init', { pod, configMap, credential });
    return chart;
  }

  const server = 'https://edge.example:6443';
  const volumeIn = (chart: ReturnType<typeof newChart>) =>
    kplus.Volume.fromSecret(chart, 'Ca', kplus.Secret.fromSecretName(chart, 'CaSecret', 'ca'), {
      name: 'edge-ca',
    });

  test("is written with the CA of the pod's cluster", () => {
    const [init] =
      podSpec(
        requested(() => ({ server })),
        'Pod',
      ).initContainers ?? [];
    expect(init?.args).toEqual(
      expect.arrayContaining([
        `--server=${server}`,
        '--ca-file=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
      ]),
    );
    expect(optionsOf(...(init?.args ?? []))).toBeTypeOf('object');
  });

  test('is written with a CA of its own', () => {
    const chart = requested((own) => ({ server, caVolume: volumeIn(own), caFile: 'edge.crt' }));
    const [init] = podSpec(chart, 'Pod').initContainers ?? [];
    expect(init?.args).toContain('--ca-file=/var/run/multisite/credential/edge.crt');
    expect(init?.volumeMounts).toContainEqual({
      mountPath: '/var/run/multisite/credential',
      name: 'edge-ca',
      readOnly: true,
    });
  });

  test.each<[string, Parameters<typeof requested>[0], string]>([
    ['no https', () => ({ server: 'http://edge.example' }), 'server "http://edge.example" is not valid'],
    [
      'a CA without an address',
      (chart) => ({ caVolume: volumeIn(chart) }),
      'caVolume needs server: give the server whose CA is in the volume, or leave out caVolume.',
    ],
    [
      'a file without a volume',
      () => ({ server, caFile: 'edge.crt' }),
      'caFile needs caVolume: give the volume that has the file, or leave out caFile.',
    ],
    [
      'a file outside of the volume',
      (chart) => ({ server, caVolume: volumeIn(chart), caFile: '../edge.crt' }),
      'caFile "../edge.crt" is not valid',
    ],
  ])('is refused with a hint: %s', (_, options, message) => {
    expect(mistakesIn(requested(options))).toEqual([expect.stringContaining(`[test/Site] ${message}`)]);
  });
});
