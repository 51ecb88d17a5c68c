import type { KubernetesObject, V1Role, V1RoleBinding } from '@kubernetes/client-node';
import { App, type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  type FileCredentialOptions,
  MultisiteInit,
  MultisiteInitJob,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { APP, initContainer, initIn } from './init-in.ts';
import { allContainers, manifests, mistakesIn, newChart, podSpec, theOnly } from './manifests.ts';

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

function tokenSecret(chart: Chart): kplus.Secret {
  const serviceAccount = new kplus.ServiceAccount(chart, 'Account');
  return new kplus.ServiceAccountTokenSecret(chart, 'Token', {
    metadata: { name: 'site-token' },
    serviceAccount,
  });
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
    ['sites', 'namespace sites'],
    [undefined, 'no namespace'],
  ])('may not be of a ServiceAccount elsewhere than a pod in %s', (namespace, inWords) => {
    const credential = SiteCredential.requested(site('elsewhere'));
    expect(mistakesIn(initIn(namespace, { credential }).chart)).toEqual([
      `[test/Init] ServiceAccount site is in namespace elsewhere, the pod is in ${inWords}. A pod can only use a ServiceAccount of its own namespace: give both the same namespace.`,
    ]);
  });
});

describe('the token in a Secret', () => {
  /** A pod with the init container that writes it, and the Secret in the pod's chart. */
  function initWithSecret(props: Partial<MultisiteInitProps> = {}) {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'site');
    const secret = new kplus.ServiceAccountTokenSecret(chart, 'Token', {
      metadata: { name: 'site-token' },
      serviceAccount,
    });
    const credential = SiteCredential.secret(secret);
    const init = new MultisiteInit(chart, 'Init', { pod, configMap, credential, ...props });
    return { chart, init };
  }

  const SECRET_RULE = {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['site-token'],
    verbs: ['get'],
  };

  test('is asked for by flags', () => {
    const { chart } = initWithSecret({ refresh: true });
    const flags = ['--token-source=secret', '--token-secret=site-token'];
    expect(initContainer(chart)?.args?.slice(5)).toEqual(flags);
    expect(podSpec(chart, 'Pod').containers[1]?.args?.slice(5, 7)).toEqual(flags);
  });

  test('takes the right to get that one Secret, and no more of it where a Secret holds the kubeconfig', () => {
    expect(theOnly<V1Role>(initWithSecret().chart, 'Role').rules).toEqual([KUBECONFIG_RULE, SECRET_RULE]);
    const secret = kplus.Secret.fromSecretName(newChart('sites', new App(), 'other'), 'Kubeconfig', 'sites');
    const { chart } = initWithSecret({ configMap: undefined, secret });
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([
      { ...SECRET_RULE, resourceNames: ['sites'], verbs: ['get', 'patch'] },
      SECRET_RULE,
    ]);
  });

  test('is not mounted: the program reads it, when the cluster has filled it in', () => {
    const { chart } = initWithSecret();
    expect(initContainer(chart)?.volumeMounts?.map(({ name }) => name)).toEqual(['multisite-init-token']);
  });

  test('is rendered before the pod', () => {
    const rendered = names(manifests(initWithSecret().chart));
    expect(rendered.indexOf('Secret site-token')).toBeGreaterThanOrEqual(0);
    expect(rendered.at(-1)).toMatch(/^Pod /);
  });

  test('is for a Job as well', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = SiteCredential.secret(kplus.Secret.fromSecretName(chart, 'Token', 'site-token'));
    new MultisiteInitJob(chart, 'Init', { configMap, credential });
    expect(podSpec(chart, 'Job').containers[0]?.args).toContain('--token-secret=site-token');
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([KUBECONFIG_RULE, SECRET_RULE]);
  });

  test.each<[string | undefined, string | undefined]>([
    ['sites', 'sites'],
    [undefined, undefined],
  ])('may be of a Secret of the app in %s for a pod in %s', (namespace, podNamespace) => {
    const secret = tokenSecret(newChart(namespace, new App(), 'other'));
    const { chart } = initIn(podNamespace, { credential: SiteCredential.secret(secret) });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each<[string | undefined, string | undefined, string]>([
    ['elsewhere', 'sites', 'is in namespace elsewhere, the pod is in namespace sites'],
    [undefined, 'sites', 'is in no namespace, the pod is in namespace sites'],
    ['elsewhere', undefined, 'is in namespace elsewhere, the pod is in no namespace'],
  ])('may not be of a Secret of the app in %s for a pod in %s', (namespace, podNamespace, places) => {
    const chart = newChart(namespace, new App(), 'other');
    const secret = tokenSecret(chart);
    const init = initIn(podNamespace, { credential: SiteCredential.secret(secret) });
    expect(mistakesIn(init.chart)).toEqual([
      `[test/Init] the credential's Secret site-token ${places}: give both the same namespace.`,
    ]);
  });
});

test('a Secret of another type is a mistake, as the cluster puts no token into it', () => {
  const chart = newChart('sites');
  const pod = new kplus.Pod(chart, 'App', APP);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const secret = new kplus.Secret(chart, 'Token', { metadata: { name: 'site-token' }, type: 'Opaque' });
  new MultisiteInit(chart, 'Init', { pod, configMap, credential: SiteCredential.secret(secret) });
  expect(mistakesIn(chart)).toEqual([
    "[test/Init] the credential's Secret site-token is of type Opaque, which the program refuses: give one of type " +
      'kubernetes.io/service-account-token (kplus.ServiceAccountTokenSecret).',
  ]);
});

describe('the token in a file', () => {
  const FOLDER = '/var/run/multisite/credential';

  function initWithFile(
    props: Partial<MultisiteInitProps> = {},
    options: Partial<FileCredentialOptions> = {},
  ) {
    const chart = newChart('sites');
    const secret = kplus.Secret.fromSecretName(chart, 'Secret', 'edge');
    const volume = kplus.Volume.fromSecret(chart, 'Files', secret, { name: 'files' });
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = SiteCredential.file(volume, { server: 'https://edge.example.com:6443', ...options });
    new MultisiteInit(chart, 'Init', { pod, configMap, credential, ...props });
    return { chart, pod, volume };
  }

  test('is asked for by flags, with the address and the CA of its site', () => {
    expect(initContainer(initWithFile().chart)?.args?.slice(5)).toEqual([
      '--token-source=file',
      `--token-file=${FOLDER}/token`,
      '--server=https://edge.example.com:6443',
      `--ca-file=${FOLDER}/ca.crt`,
    ]);
  });

  test('may have other names, in which Kubernetes expands nothing', () => {
    const options = {
      server: 'https://edge.example.com/$(HOME)',
      tokenFile: 'edge/$(TOKEN)',
      caFile: 'ca-$$.crt',
    };
    expect(initContainer(initWithFile({}, options).chart)?.args?.slice(6)).toEqual([
      `--token-file=${FOLDER}/edge/$$(TOKEN)`,
      '--server=https://edge.example.com/$$(HOME)',
      `--ca-file=${FOLDER}/ca-$$$$.crt`,
    ]);
  });

  test('is mounted, read-only, in the containers that write it and no other', () => {
    const { chart } = initWithFile({ refresh: true });
    const mount = { name: 'files', mountPath: FOLDER, readOnly: true };
    const spec = podSpec(chart, 'Pod');
    const holders = allContainers(spec).filter(({ volumeMounts }) => volumeMounts?.length);
    expect(holders.map(({ name }) => name)).toEqual(['multisite-init', 'multisite-init-refresh']);
    for (const { name, volumeMounts } of holders) {
      expect(volumeMounts?.[1], name).toEqual(mount);
    }
    expect(spec.volumes).toContainEqual({ name: 'files', secret: { secretName: 'edge' } });
    expect(spec.containers[1]?.args?.slice(5)).toEqual([
      ...(initContainer(chart)?.args?.slice(5) ?? []),
      '--watch',
      '--port=9779',
    ]);
  });

  test('may be of a volume that the application has, too', () => {
    const { chart, pod, volume } = initWithFile();
    pod.containers[0]?.mount('/etc/edge', volume);
    expect(mistakesIn(chart)).toEqual([]);
    expect(podSpec(chart, 'Pod').volumes).toHaveLength(2);
  });

  test('takes no right but to the ConfigMap', () => {
    expect(theOnly<V1Role>(initWithFile().chart, 'Role').rules).toEqual([KUBECONFIG_RULE]);
  });

  test('is for a Job as well', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const volume = kplus.Volume.fromEmptyDir(chart, 'Files', 'files');
    const credential = SiteCredential.file(volume, { server: 'https://edge.example.com' });
    new MultisiteInitJob(chart, 'Init', { configMap, credential });
    const [container] = podSpec(chart, 'Job').containers;
    expect(container?.args).toContain(`--token-file=${FOLDER}/token`);
    expect(container?.volumeMounts).toContainEqual({ name: 'files', mountPath: FOLDER, readOnly: true });
  });
});

test('a requested token that cannot be had is a mistake of the one construct, and nothing is thrown', () => {
  const chart = newChart('sites');
  const account = kplus.ServiceAccount.fromServiceAccountName(chart, 'Site', 'site');
  const credential = SiteCredential.requested(account, { expiration: Duration.millis(600_500) });
  const pod = new kplus.Pod(chart, 'App', APP);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap, credential });
  expect(mistakesIn(chart)).toEqual([expect.stringContaining('[test/Site] expiration 600.5 s is not valid')]);
});
