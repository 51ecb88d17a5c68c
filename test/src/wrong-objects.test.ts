import { ApiObject, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  MultisiteInit,
  MultisiteInitJob,
  type MultisiteInitJobProps,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { APP, siteCredential } from './init-in.ts';
import { mistakesIn, newChart } from './manifests.ts';

// As a program would give them that nobody has type-checked.

/** A chart, and things that are easily mistaken for others. */
function mixUp() {
  const chart = newChart('sites');
  const kubeconfig = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const pod = new kplus.Pod(chart, 'App', APP);
  const account = new kplus.ServiceAccount(chart, 'Account', { metadata: { name: 'account' } });
  const token = new kplus.Secret(chart, 'Secret', { metadata: { name: 'token' } });
  const object = ApiObject.of(kubeconfig.configMap);
  return { chart, kubeconfig, pod, account, token, object, configMap: kubeconfig.configMap };
}

type Things = ReturnType<typeof mixUp>;
type Wrong<P> = [string, (things: Things) => { [K in keyof P]?: unknown }, string];

describe('a wrong object for MultisiteInit is refused with a hint:', () => {
  test.each<Wrong<MultisiteInitProps>>([
    [
      'the kubeconfig in place of its ConfigMap',
      ({ kubeconfig }) => ({ configMap: kubeconfig }),
      'configMap is the MultisiteKubeconfig test/Kubeconfig: give its configMap.',
    ],
    [
      'the kubeconfig in place of a Secret',
      ({ kubeconfig }) => ({ configMap: undefined, secret: kubeconfig }),
      `secret is the MultisiteKubeconfig test/Kubeconfig: give a Secret. If the Secret exists already, use kplus.Secret.fromSecretName(…).`,
    ],
    [
      'a ConfigMap as a Secret',
      ({ configMap }) => ({ configMap: undefined, secret: configMap }),
      'secret is the ConfigMap multisite-kubeconfig-configmap: give a Secret. If the Secret exists already, use ',
    ],
    [
      'a Secret as a ConfigMap',
      ({ token }) => ({ configMap: token }),
      'configMap is the Secret token: give this Secret in the prop secret.',
    ],
    [
      'the API object of a ConfigMap',
      ({ object }) => ({ configMap: object }),
      `configMap is the ConfigMap multisite-kubeconfig-configmap: give a ConfigMap. If the ConfigMap exists already, use kplus.ConfigMap.fromConfigMapName(…).`,
    ],
    [
      'the name of a ConfigMap',
      () => ({ configMap: 'sites' }),
      `configMap is the string "sites": give a ConfigMap. If the ConfigMap exists already, use kplus.ConfigMap.fromConfigMapName(…).`,
    ],
    [
      'a target without a kubeconfig',
      ({ chart }) => ({ configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Sites', 'sites'), target: {} }),
      `target.kubeconfig is not a construct: give a Secret. If the Secret exists already, use kplus.Secret.fromSecretName(…).`,
    ],
    [
      'a Secret as a target',
      ({ chart, token }) => ({
        configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Sites', 'sites'),
        target: token,
      }),
      'target.kubeconfig is not a construct: give a Secret. If the Secret exists already, use ',
    ],
    [
      'a number',
      () => ({ configMap: 7 }),
      'configMap is not a construct: give a ConfigMap. If the ConfigMap exists already, use ',
    ],
    [
      'null',
      () => ({ configMap: null }),
      'configMap is not a construct: give a ConfigMap. If the ConfigMap exists already, use ',
    ],
    [
      'a ServiceAccount as a credential',
      ({ account }) => ({ credential: account }),
      'credential is not a SiteCredential: create one, for example with SiteCredential.requested(…).',
    ],
    [
      'a credential of a name',
      () => ({ credential: SiteCredential.requested('site' as never) }),
      `the credential's serviceAccount is the string "site": give a ServiceAccount. If the ServiceAccount exists already, use kplus.ServiceAccount.fromServiceAccountName(…).`,
    ],
    [
      'a credential of a pod',
      ({ pod }) => ({ credential: SiteCredential.requested(pod as never) }),
      "the credential's serviceAccount is the Pod ",
    ],
    [
      'a credential of no Secret',
      ({ account }) => ({ credential: SiteCredential.secret(account as never) }),
      "the credential's secret is the ServiceAccount account: give a Secret. If the Secret exists already, use ",
    ],
    [
      'a credential of no volume',
      ({ token }) => ({ credential: SiteCredential.file(token as never, { server: 'https://a.example' }) }),
      "the credential's volume is not a Volume of cdk8s-plus-27: create one, for example with kplus.Volume.fromSecret(…).",
    ],
    [
      'a credential of nothing',
      () => ({ credential: SiteCredential.file('token' as never, { server: 'https://a.example' }) }),
      "the credential's volume is not a Volume of cdk8s-plus-27: create one, for example with kplus.Volume.fromSecret(…).",
    ],
    [
      'a requested credential of undefined',
      () => ({
        credential: SiteCredential.requested(undefined as never, {
          expiration: Duration.hours(1),
          server: 'https://a.example',
        }),
      }),
      `the credential's serviceAccount is not a construct: give a ServiceAccount. If the ServiceAccount exists already, use kplus.ServiceAccount.fromServiceAccountName(…).`,
    ],
    [
      'a credential of the Secret undefined',
      () => ({ credential: SiteCredential.secret(undefined as never) }),
      `the credential's secret is not a construct: give a Secret. If the Secret exists already, use kplus.Secret.fromSecretName(…).`,
    ],
    [
      'a credential of the volume undefined',
      () => ({
        credential: SiteCredential.file(undefined as never, { server: 'a.example', tokenFile: '/' }),
      }),
      "the credential's volume is not a Volume of cdk8s-plus-27: create one, for example with kplus.Volume.fromSecret(…).",
    ],
  ])('%s', (_, wrong, message) => {
    const things = mixUp();
    const { chart, pod, configMap } = things;
    new MultisiteInit(chart, 'Init', { pod, configMap, ...wrong(things) } as MultisiteInitProps);
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(`[test/Init] ${message}`)]);
  });
});

describe('a wrong object for MultisiteInitJob is refused with a hint:', () => {
  test.each<Wrong<MultisiteInitJobProps>>([
    [
      'the kubeconfig in place of its ConfigMap',
      ({ kubeconfig }) => ({ configMap: kubeconfig }),
      'configMap is the MultisiteKubeconfig test/Kubeconfig: give its configMap.',
    ],
    [
      'the name of a ServiceAccount',
      () => ({ serviceAccount: 'robot' }),
      'serviceAccount is the string "robot": give a ServiceAccount. If the ServiceAccount exists already, use ',
    ],
    [
      'a ServiceAccount as the Secret of a registry',
      ({ account }) => ({ dockerRegistryAuth: account }),
      'dockerRegistryAuth is the ServiceAccount account: give a Secret. If the Secret exists already, use ',
    ],
    ['a credential that is none', () => ({ credential: 'site' }), 'credential is not a SiteCredential: '],
    [
      'a requested credential of undefined',
      () => ({ credential: SiteCredential.requested(undefined as never) }),
      "the credential's serviceAccount is not a construct: give a ServiceAccount. If the ServiceAccount exists already, use ",
    ],
    [
      'a number as time',
      () => ({ ttlAfterFinished: 60 }),
      'ttlAfterFinished is not a Duration: give one, for example Duration.minutes(30).',
    ],
  ])('%s', (_, wrong, message) => {
    const things = mixUp();
    const { chart, configMap } = things;
    const props = { configMap, credential: siteCredential(chart), ...wrong(things) };
    new MultisiteInitJob(chart, 'Init', props as MultisiteInitJobProps);
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(`[test/Init] ${message}`)]);
  });
});

describe('a wrong object for CloudifyManager is refused with a hint:', () => {
  test.each<Wrong<CloudifyManagerProps>>([
    [
      'the kubeconfig in place of its ConfigMap',
      ({ kubeconfig }) => ({ configMap: kubeconfig }),
      'configMap is the MultisiteKubeconfig test/Kubeconfig: give its configMap.',
    ],
    [
      'the kubeconfig in place of a Secret',
      ({ kubeconfig }) => ({ configMap: undefined, secret: kubeconfig }),
      'secret is the MultisiteKubeconfig test/Kubeconfig: give a Secret. If the Secret exists already, use ',
    ],
    [
      'the kubeconfig as plugin configuration',
      ({ kubeconfig }) => ({ pluginConfigs: kubeconfig }),
      'pluginConfigs is the MultisiteKubeconfig test/Kubeconfig: give its configMap.',
    ],
    [
      'the name of a Secret',
      () => ({ dockerRegistryAuth: 'key' }),
      'dockerRegistryAuth is the string "key": give a Secret. If the Secret exists already, use ',
    ],
    ['a text as password', () => ({ adminPassword: 'admin' }), 'adminPassword is the string "admin": '],
    [
      'a Secret as tls',
      ({ token }) => ({ tls: token }),
      'tls.secret is not a construct: give a Secret. If the Secret exists already, use ',
    ],
    [
      'a text as ClusterRole',
      () => ({ clusterRole: 'view' }),
      `clusterRole is the string "view": give a ClusterRole. If the ClusterRole exists already, use kplus.ClusterRole.fromClusterRoleName(…).`,
    ],
    [
      'a text as the Role of the components',
      () => ({ components: { namespaceName: 'apps', role: 'edit' } }),
      'components.role is the string "edit": give a Role or a ClusterRole.',
    ],
    [
      'a text as claim',
      () => ({ persistence: CloudifyPersistence.claim('data' as never) }),
      `persistence.claim is the string "data": give a PersistentVolumeClaim. If the PersistentVolumeClaim exists already, use kplus.PersistentVolumeClaim.fromClaimName(…).`,
    ],
    [
      'a text as persistence',
      () => ({ persistence: 'fast' }),
      'persistence is not a CloudifyPersistence: create one, for example with CloudifyPersistence.storageClass(…).',
    ],
    [
      'a text as size',
      () => ({ size: 'small' }),
      'size is not a CloudifySize: create one, for example with CloudifySize.small(…).',
    ],
    [
      'a requested credential of undefined',
      () => ({ init: { credential: SiteCredential.requested(undefined as never) } }),
      "the credential's serviceAccount is not a construct: give a ServiceAccount. If the ServiceAccount exists already, use ",
    ],
    [
      'a text as API token',
      () => ({ apiToken: 'none' }),
      'apiToken is not a CloudifyApiToken: create one, for example with CloudifyApiToken.projected(…).',
    ],
  ])('%s', (_, wrong, message) => {
    const things = mixUp();
    const { chart, configMap } = things;
    new CloudifyManager(chart, 'Manager', { configMap, ...wrong(things) } as CloudifyManagerProps);
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(message)]);
    expect(mistakesIn(chart)).toEqual([expect.stringMatching(/^\[test\/Manager(\/Init)?\] /)]);
  });
});
