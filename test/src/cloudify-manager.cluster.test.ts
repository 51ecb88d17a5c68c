import { randomBytes } from 'node:crypto';
import {
  ApiException,
  CoreV1Api,
  type V1Pod,
  type V1PodSpec,
  type V1Secret,
  type V1Volume,
} from '@kubernetes/client-node';
import { type Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  CloudifyApiToken,
  type CloudifyComponents,
  type CloudifyLogShipping,
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  CloudifySize,
  type CloudifySystemd,
  type CloudifyTls,
  LogFormat,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { codes, table } from '../docs/tables.ts';
import { admin } from '../support/admin.ts';
import { APPLY, canI, createNamespace, kubectl } from './kubectl.ts';
import { allContainers, manifests, newChart, ofKind, podSpec, yaml } from './manifests.ts';

type Variant = (chart: Chart) => CloudifyManagerProps;

/** The factories of a class, all of them to the compiler. */
type Factories<Class, Made> = Record<Exclude<keyof Class, 'prototype'>, (chart: Chart) => Made>;

const PERSISTENCE: Factories<typeof CloudifyPersistence, CloudifyPersistence> = {
  hostPath: () => CloudifyPersistence.hostPath('/dockerdata-nfs/dev/dcae-cm/data'),
  claim: (chart) =>
    CloudifyPersistence.claim(kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'data'), {
      subPath: 'cm/data',
    }),
  storageClass: () => CloudifyPersistence.storageClass({ className: 'fast', size: Size.gibibytes(8) }),
  ephemeral: () => CloudifyPersistence.ephemeral(),
};

const SIZES: Factories<typeof CloudifySize, CloudifySize> = {
  small: () => CloudifySize.small(),
  large: () => CloudifySize.large(),
  unlimited: () => CloudifySize.unlimited(),
  of: () =>
    CloudifySize.of({ cpu: { request: kplus.Cpu.millis(500) }, memory: { limit: Size.gibibytes(3) } }),
};

const API_TOKENS: Factories<typeof CloudifyApiToken, CloudifyApiToken> = {
  projected: () => CloudifyApiToken.projected(),
  longLived: () => CloudifyApiToken.longLived(),
  none: () => CloudifyApiToken.none(),
};

const CREDENTIALS: Factories<typeof SiteCredential, SiteCredential> = {
  podIdentity: () => SiteCredential.podIdentity(),
  requested: (chart) =>
    SiteCredential.requested(new kplus.ServiceAccount(chart, 'Site'), { expiration: Duration.hours(2) }),
  secret: (chart) => {
    const serviceAccount = new kplus.ServiceAccount(chart, 'Site');
    return SiteCredential.secret(new kplus.ServiceAccountTokenSecret(chart, 'Token', { serviceAccount }));
  },
  file: (chart) =>
    SiteCredential.file(kplus.Volume.fromSecret(chart, 'Files', secretNamed(chart, 'site-token')), {
      server: 'https://site.example:6443',
      tokenFile: 'edge/token',
      caFile: 'edge/ca.crt',
    }),
};

function secretNamed(chart: Chart, name: string): kplus.ISecret {
  return kplus.Secret.fromSecretName(chart, `Existing-${name}`, name);
}

/** Another one for each chart, since they share the cluster. */
function componentsOf({ namespace }: Chart): { readonly namespaceName: string } {
  return { namespaceName: `${namespace}-components` };
}

/** Every prop is here, to the compiler too, but for what excludes another. */
const everything = (chart: Chart) => {
  const tls: Required<CloudifyTls> = { secret: secretNamed(chart, 'certificates'), caFile: 'ca.pem' };
  const logShipping: Required<CloudifyLogShipping> = {
    logstash: 'logstash.example:5044',
    image: { repository: 'registry.example/filebeat', digest: `sha256:${'0'.repeat(64)}` },
    resources: { memory: { limit: Size.mebibytes(200) } },
  };
  const components: Required<CloudifyComponents> = {
    ...componentsOf(chart),
    createNamespace: true,
    role: kplus.ClusterRole.fromClusterRoleName(chart, 'Edit', 'edit'),
  };
  const systemd: Required<CloudifySystemd> = { privileged: true, hostCgroup: true, runTmpfs: true };
  return {
    name: 'cm',
    image: { repository: 'registry.example/cm', tag: '1' },
    dockerRegistryAuth: secretNamed(chart, 'registry'),
    size: CloudifySize.large(),
    readiness: kplus.Probe.fromTcpSocket({ port: 80 }),
    liveness: kplus.Probe.fromTcpSocket({ port: 80 }),
    startup: kplus.Probe.fromCommand(['true']),
    systemd,
    hostLocaltime: true,
    consulAddress: 'consul.example:8500',
    kubeconfigDirectory: '/etc/multisite',
    homeKubeconfig: true,
    apiToken: CloudifyApiToken.longLived(),
    tls,
    pluginConfigs: kplus.ConfigMap.fromConfigMapName(chart, 'PluginConfigs', 'plugin-configs'),
    adminPassword: secretNamed(chart, 'admin'),
    logShipping,
    persistence: CloudifyPersistence.storageClass({ size: Size.gibibytes(10) }),
    // No other test may have this one: a cluster gives each port once.
    nodePort: 31719,
    aliases: { consul: 'consul-server.onap.svc.cluster.local' },
    components,
    clusterRole: kplus.ClusterRole.fromClusterRoleName(chart, 'View', 'view'),
    configMap: new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'sites' } }).configMap,
    refresh: true,
    refreshPort: 9999,
    init: {
      location: 'berlin',
      user: 'berlin',
      key: 'sites',
      credential: SiteCredential.requested(new kplus.ServiceAccount(chart, 'Deployer')),
      image: { tag: 'next' },
      resources: { memory: { limit: Size.mebibytes(100) } },
      arbitraryUser: true,
      logFormat: LogFormat.json(),
      timeout: Duration.minutes(2),
      wait: Duration.seconds(30),
    },
    metadata: { labels: { team: 'edge' }, annotations: { 'example.com/contact': 'edge' } },
  } satisfies Required<Omit<CloudifyManagerProps, 'secret'>> & {
    init: Required<CloudifyManagerProps['init']>;
  };
};

const VARIANTS: Readonly<Record<string, Variant>> = {
  'with no option': () => ({}),
  'with every option': everything,
  'with the kubeconfig in a Secret': (chart) => ({
    secret: MultisiteKubeconfig.secret(chart, 'Kubeconfig'),
    homeKubeconfig: true,
    components: { ...componentsOf(chart) },
    logShipping: {},
    nodePort: 31720,
  }),
  'with a liveness probe, not refreshed': (chart) => ({
    liveness: kplus.Probe.fromTcpSocket({ port: 80 }),
    refresh: false,
    init: { credential: CREDENTIALS.requested(chart) },
  }),
  'with a systemd that gets nothing': () => ({
    systemd: { privileged: false, hostCgroup: false, runTmpfs: false },
  }),
  ...Object.fromEntries(Object.entries(PERSISTENCE).map(nthOfEach)),
};

/** The factories of the props share their variants, since each takes seconds. */
function nthOfEach(
  [persistence, makePersistence]: [string, (chart: Chart) => CloudifyPersistence],
  n: number,
): [string, Variant] {
  const [size, makeSize] = nth(SIZES, n);
  const [token, makeToken] = nth(API_TOKENS, n);
  const [credential, makeCredential] = nth(CREDENTIALS, n);
  return [
    `with ${persistence}, ${size}, ${token} and ${credential}`,
    (chart) => ({
      persistence: makePersistence(chart),
      size: makeSize(chart),
      apiToken: makeToken(chart),
      init: { credential: makeCredential(chart) },
    }),
  ];
}

function nth<Made>(factories: Readonly<Record<string, (chart: Chart) => Made>>, n: number) {
  const all = Object.entries(factories);
  return all[n % all.length] as [string, (chart: Chart) => Made];
}

const run = randomBytes(3).toString('hex');
const RESTRICTED = `cm-${run}-restricted`;
const BASELINE = `cm-${run}-baseline`;
const VERSIONS = ['-o', 'jsonpath={.items[*].metadata.resourceVersion}'];
const core = admin().makeApiClient(CoreV1Api);

beforeAll(async () => {
  for (const [name, level] of [
    [RESTRICTED, 'restricted'],
    [BASELINE, 'baseline'],
  ] as const) {
    await createNamespace(name, { 'pod-security.kubernetes.io/enforce': level });
    // Not `default`, which a controller makes in its own time.
    await core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name: 'app' } } });
  }
});

/** A chart with the manager, in a namespace of its own that allows it. */
async function chartOf(id: string, variant: Variant): Promise<Chart> {
  const namespace = `cm-${run}-${id}`;
  await createNamespace(namespace, { 'pod-security.kubernetes.io/enforce': 'privileged' });
  const chart = newChart(namespace);
  new CloudifyManager(chart, 'Manager', variant(chart));
  return chart;
}

/** The cluster writes to these as well, once. */
async function untilTokensAreThere(chart: Chart): Promise<void> {
  for (const { metadata, type } of ofKind<V1Secret>(chart, 'Secret')) {
    if (type !== 'kubernetes.io/service-account-token') {
      continue;
    }
    const secret = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
    await vi.waitUntil(async () => (await core.readNamespacedSecret(secret)).data?.token, {
      timeout: 20_000,
    });
  }
}

/** What Pod Security has against a pod; nothing where it admits it. */
async function refusals(namespace: string, spec: V1PodSpec): Promise<string[]> {
  const body: V1Pod = { metadata: { name: 'pod' }, spec };
  try {
    await core.createNamespacedPod({ namespace, body, dryRun: 'All' });
    return [];
  } catch (error) {
    if (!(error instanceof ApiException)) {
      throw error;
    }
    const { message }: { message: string } = JSON.parse(error.body);
    const [, reasons] = message.split(/violates PodSecurity "\w+:latest": /);
    if (reasons === undefined) {
      throw new Error(`refused for another reason: ${message}`, { cause: error });
    }
    return reasons.replace(/ \([^)]*\)/g, '').split(', ');
  }
}

/** The pod with that container alone, and what that mounts. */
function podWith(chart: Chart, name: string): V1PodSpec {
  const { initContainers: _, ...spec } = podSpec(chart, 'Deployment');
  const container = allContainers(podSpec(chart, 'Deployment')).find((one) => one.name === name);
  if (container === undefined) {
    throw new Error(`there is no container ${name}`);
  }
  const mounted = new Set(container.volumeMounts?.map((mount) => mount.name));
  const volumes = spec.volumes?.filter((volume: V1Volume) => mounted.has(volume.name)) ?? [];
  return { ...spec, serviceAccountName: 'app', containers: [container], volumes };
}

describe.each(Object.keys(VARIANTS).map((name, index) => [name, `v${index}`] as const))('%s', (name, id) => {
  let chart: Chart;

  beforeAll(async () => {
    chart = await chartOf(id, VARIANTS[name] as Variant);
  });

  test('it is created by one strict apply, and no later one, on either side, changes anything', async () => {
    const output = (await kubectl(APPLY, yaml(chart))).trim().split('\n');
    expect(output.filter((line) => !line.endsWith(' created'))).toEqual([]);
    await untilTokensAreThere(chart);

    const created = await kubectl(['get', '-f', '-', ...VERSIONS], yaml(chart));
    expect(created.split(' ')).toHaveLength(manifests(chart).length);
    expect(await kubectl([...APPLY, ...VERSIONS], yaml(chart))).toBe(created);

    const serverSide = [
      ...APPLY,
      '--server-side',
      '--field-manager=gitops',
      '--force-conflicts',
      ...VERSIONS,
    ];
    const owned = await kubectl(serverSide, yaml(chart));
    expect(owned.split(' ')).toHaveLength(manifests(chart).length);
    expect(await kubectl(serverSide, yaml(chart))).toBe(owned);
  });

  test('its pod is admitted where Pod Security is privileged', async () => {
    expect(await refusals(chart.namespace ?? '', podSpec(chart, 'Deployment'))).toEqual([]);
  });

  test('each of its containers but the manager’s is admitted where Pod Security is restricted', async () => {
    const names = allContainers(podSpec(chart, 'Deployment')).map((container) => container.name);
    const others = names.filter((container) => container !== 'cloudify-manager');
    expect(others.length).toBe(names.length - 1);
    for (const other of others) {
      expect(await refusals(RESTRICTED, podWith(chart, other)), other).toEqual([]);
    }
  });
});

/** What Pod Security has against the manager's container alone. */
async function managerRefusals(namespace: string, systemd: CloudifySystemd): Promise<string[]> {
  const chart = newChart(namespace);
  new CloudifyManager(chart, 'Manager', { systemd });
  return refusals(namespace, podWith(chart, 'cloudify-manager'));
}

const NOTHING: CloudifySystemd = { privileged: false, hostCgroup: false, runTmpfs: false };

describe('the manager’s container is refused', () => {
  test('where Pod Security is restricted: root, privileged, with a hostPath', async () => {
    expect(await managerRefusals(RESTRICTED, {})).toEqual([
      'privileged',
      'allowPrivilegeEscalation != false',
      'unrestricted capabilities',
      'restricted volume types',
      'runAsNonRoot != true',
      'seccompProfile',
    ]);
  });

  test('where it is restricted: root, with a capability, whatever systemd is spared', async () => {
    expect(await managerRefusals(RESTRICTED, NOTHING)).toEqual([
      'allowPrivilegeEscalation != false',
      'unrestricted capabilities',
      'runAsNonRoot != true',
      'seccompProfile',
    ]);
  });

  test('where it is baseline, whatever systemd is spared', async () => {
    expect(await managerRefusals(BASELINE, {})).toEqual(['hostPath volumes', 'privileged']);
    expect(await managerRefusals(BASELINE, NOTHING)).toEqual(['non-default capabilities', 'seccompProfile']);
  });
});

test('docs/constructs.md says of each container whether it passes', async () => {
  const rows = await table('docs/constructs.md', 'container', 'Pod Security');
  const chart = newChart(RESTRICTED);
  new CloudifyManager(chart, 'Manager', { logShipping: {} });
  for (const { name } of allContainers(podSpec(chart, 'Deployment'))) {
    const passes = (await refusals(RESTRICTED, podWith(chart, name))).length === 0;
    const told = rows.filter(({ container }) => codes(container).includes(name));
    expect(told, name).toMatchObject([{ 'passes `restricted`': passes ? 'yes' : 'no' }]);
  }
  const { 'why not': reasons } = rows.find(({ container }) => container === '`cloudify-manager`') ?? {};
  for (const reason of ['root', 'privileged', '/sys/fs/cgroup']) {
    expect(reasons).toContain(reason);
  }
});

describe('with components, the site’s ServiceAccount', () => {
  const namespace = `cm-${run}-rights`;
  const components = `${namespace}-components`;
  const may = (verb: string, resource: string, where: string) =>
    canI([
      ...[verb, ...resource.split(' ')],
      ...['-n', where, '--as', `system:serviceaccount:${namespace}:dcae-cloudify-manager-site`],
    ]);

  beforeAll(async () => {
    await createNamespace(namespace);
    const chart = newChart(namespace);
    new CloudifyManager(chart, 'Manager', { components: { namespaceName: components } });
    await kubectl(APPLY, yaml(chart));
  });

  test.each([
    ...[
      'deployments.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'jobs.batch',
      'cronjobs.batch',
      'pods',
    ].map((resource) => ['create', resource]),
    ...['services', 'ingresses.networking.k8s.io', 'configmaps', 'secrets', 'persistentvolumeclaims'].map(
      (resource) => ['delete', resource],
    ),
    ['patch', 'deployments.apps --subresource=scale'],
    ['patch', 'statefulsets.apps --subresource=scale'],
    ['create', 'pods --subresource=exec'],
    ['get', 'pods --subresource=log'],
    ['list', 'replicasets.apps'],
    ['watch', 'events'],
  ] as [string, string][])('may %s %s in their namespace alone', async (verb, resource) => {
    expect(await may(verb, resource, components)).toBe(true);
    expect(await may(verb, resource, namespace)).toBe(false);
    expect(await may(verb, resource, 'default')).toBe(false);
  });

  test.each([
    ['create', 'roles.rbac.authorization.k8s.io'],
    ['create', 'rolebindings.rbac.authorization.k8s.io'],
    ['create', 'serviceaccounts --subresource=token'],
    ['delete', 'replicasets.apps'],
    ['update', 'resourcequotas'],
    ['impersonate', 'serviceaccounts'],
  ] as [string, string][])('may not %s %s', async (verb, resource) => {
    expect(await may(verb, resource, components)).toBe(false);
  });
});

test('the pod’s own ServiceAccount has none of those rights', async () => {
  const namespace = `cm-${run}-own`;
  await createNamespace(namespace);
  const chart = newChart(namespace);
  new CloudifyManager(chart, 'Manager', { components: componentsOf(chart) });
  await kubectl(APPLY, yaml(chart));
  const as = ['--as', `system:serviceaccount:${namespace}:dcae-cloudify-manager`];
  expect(await canI(['create', 'deployments.apps', '-n', `${namespace}-components`, ...as])).toBe(false);
  expect(await canI(['get', 'secrets', '-n', `${namespace}-components`, ...as])).toBe(false);
});

test('clusterRole counts everywhere, for the site’s ServiceAccount', async () => {
  const namespace = `cm-${run}-everywhere`;
  await createNamespace(namespace);
  const chart = newChart(namespace);
  const clusterRole = new kplus.ClusterRole(chart, 'Nodes', {
    metadata: { name: `${namespace}-nodes`, namespace: undefined },
  });
  clusterRole.allow(['list'], kplus.ApiResource.NODES);
  new CloudifyManager(chart, 'Manager', { clusterRole });
  await kubectl(APPLY, yaml(chart));
  const as = (account: string) => ['--as', `system:serviceaccount:${namespace}:${account}`];
  expect(await canI(['list', 'nodes', ...as('dcae-cloudify-manager-site')])).toBe(true);
  expect(await canI(['list', 'nodes', ...as('dcae-cloudify-manager')])).toBe(false);
});
