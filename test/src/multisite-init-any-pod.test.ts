import type { V1PodSpec } from '@kubernetes/client-node';
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import * as newest from 'cdk8s-plus-34';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  MultisiteInit,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { CONTAINERS, deployment, METADATA, NEWEST_APP, ORIGINS, SELECTOR, TEMPLATE } from './any-pod.ts';
import { APP, siteCredential } from './init-in.ts';
import { mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

/** The init container and the refresher in a pod. */
function addInit(chart: Chart, pod: IConstruct, props: Partial<MultisiteInitProps> = {}) {
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const init = new MultisiteInit(chart, 'Init', { pod, configMap, ...props });
  return { init, configMap };
}

/** The credential in a volume. */
function fromVolume(chart: Chart, id: string, name: string): SiteCredential {
  const secret = kplus.Secret.fromSecretName(chart, `${id}Secret`, `${id}-secret`.toLowerCase());
  const volume = kplus.Volume.fromSecret(chart, `${id}Volume`, secret, { name });
  return SiteCredential.file(volume, { server: 'https://edge.example' });
}

function oursIn({ initContainers = [], containers = [], volumes = [] }: V1PodSpec) {
  const ours = ({ name }: { name: string }) => name.startsWith('multisite-init');
  return {
    init: initContainers.filter(ours),
    refresh: containers.filter(ours),
    volumes: volumes.filter(ours),
  };
}

describe('a Deployment gets what one of cdk8s-plus-27 gets, made by', () => {
  test.each(ORIGINS)('%s', async (_, make) => {
    const reference = newChart('sites');
    addInit(reference, new kplus.Deployment(reference, 'App', { ...APP, metadata: METADATA, replicas: 1 }), {
      credential: siteCredential(reference),
      refresh: true,
    });
    const chart = newChart('sites');
    const pod = await make(chart);

    const { init } = addInit(chart, pod, { credential: siteCredential(chart), refresh: true });

    const spec = podSpec(chart, 'Deployment');
    expect(oursIn(spec)).toEqual(oursIn(podSpec(reference, 'Deployment')));
    expect(oursIn(spec).init).toMatchObject([
      { securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } } },
    ]);
    expect(spec.containers.map(({ name }) => name)).toEqual(['app', 'multisite-init-refresh']);
    expect(spec.serviceAccountName).toBe('app-multisite');
    for (const kind of ['ServiceAccount', 'Role', 'RoleBinding']) {
      expect(ofKind(chart, kind)).toEqual(ofKind(reference, kind));
    }
    expect(init.pod).toBe(pod);
    expect(init.container.name).toBe('multisite-init');
  });
});

describe('where the pod is found', () => {
  test.each([
    ['v1', 'Pod', { containers: CONTAINERS }],
    ['apps/v1', 'ReplicaSet', { selector: SELECTOR, template: TEMPLATE }],
    ['apps/v1', 'StatefulSet', { serviceName: 'app', selector: SELECTOR, template: TEMPLATE }],
    ['batch/v1', 'Job', { template: TEMPLATE }],
    ['argoproj.io/v1alpha1', 'Rollout', { selector: SELECTOR, template: TEMPLATE }],
    [
      'batch/v1',
      'CronJob',
      { schedule: '@daily', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { template: TEMPLATE } } },
    ],
  ])('%s %s', (apiVersion, kind, spec) => {
    const chart = newChart('sites');
    addInit(chart, new ApiObject(chart, 'App', { apiVersion, kind, metadata: METADATA, spec }));
    expect(podSpec(chart, kind).initContainers).toMatchObject([{ name: 'multisite-init' }]);
  });
});

describe('the pod stays open', () => {
  test('to containers of another cdk8s-plus that are added later', () => {
    const chart = newChart('sites');
    const pod = new newest.Deployment(chart, 'App', NEWEST_APP);
    addInit(chart, pod);
    pod.addContainer({ name: 'later', image: 'app', portNumber: 8081 });
    pod.addInitContainer({ name: 'first', image: 'app' });
    const { initContainers = [], containers } = podSpec(chart, 'Deployment');
    expect(initContainers.map(({ name }) => name)).toEqual(['first', 'multisite-init']);
    expect(containers.map(({ name }) => name)).toEqual(['app', 'later']);
  });

  test('to JSON patches, and to changes of our container', () => {
    const chart = newChart('sites');
    const pod = deployment(chart);
    const { init } = addInit(chart, pod);
    pod.addJsonPatch(JsonPatch.add('/spec/template/spec/initContainers', [{ name: 'first', image: 'a' }]));
    init.container.env.addVariable('LATE', kplus.EnvValue.fromValue('yes'));
    const { initContainers = [] } = podSpec(chart, 'Deployment');
    expect(initContainers).toMatchObject([{ name: 'first' }, { env: [{ name: 'LATE', value: 'yes' }] }]);
  });

  test('to another init container of ours', () => {
    const chart = newChart('sites');
    const pod = new newest.Deployment(chart, 'App', NEWEST_APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    new MultisiteInit(chart, 'Other', {
      pod: ApiObject.of(pod),
      configMap,
      containerName: 'other',
      location: 'b',
      user: 'b',
    });
    const { initContainers = [] } = podSpec(chart, 'Deployment');
    expect(initContainers.map(({ name }) => name)).toEqual(['multisite-init', 'other']);
    theOnly(chart, 'ServiceAccount');
  });

  test('to another init container of ours with the same volume', () => {
    const chart = newChart('sites');
    const pod = deployment(chart);
    const credential = fromVolume(chart, 'Init', 'ca');
    const { configMap } = addInit(chart, pod, { credential });
    const other = { pod, configMap, containerName: 'other', location: 'b', user: 'b' };
    new MultisiteInit(chart, 'Other', { ...other, credential });
    const { volumes = [] } = podSpec(chart, 'Deployment');
    expect(volumes.map(({ name }) => name)).toEqual(['multisite-init-token', 'ca', 'other-token']);
  });
});

test('a pod that has a ServiceAccount keeps it, and it gets the rights', () => {
  const chart = newChart('sites');
  addInit(chart, deployment(chart, {}, { serviceAccountName: 'robot' }));
  expect(podSpec(chart, 'Deployment').serviceAccountName).toBe('robot');
  expect(ofKind(chart, 'ServiceAccount')).toEqual([]);
  expect(ofKind(chart, 'RoleBinding')).toMatchObject([
    { subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'sites' }] },
  ]);
});

test('objects of another cdk8s-plus are taken as the kubeconfig, and as the account of a credential', () => {
  const chart = newChart('sites');
  const site = new newest.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
  const configMap = new newest.ConfigMap(chart, 'Theirs', { metadata: { name: 'theirs' } });
  new MultisiteInit(chart, 'Init', {
    pod: new newest.Deployment(chart, 'App', NEWEST_APP),
    configMap,
    credential: SiteCredential.requested(site),
  });
  expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toEqual(
    expect.arrayContaining(['--configmap=theirs', '--service-account=site']),
  );
});

describe('a mistake is refused with a hint:', () => {
  const givenA =
    'give a Pod, a Deployment or another object with a pod template, from any version of cdk8s-plus or from cdk8s itself';

  test.each<[string, (chart: Chart) => unknown, string]>([
    ['nothing', () => undefined, `pod is not a construct: ${givenA}.`],
    ['a text', () => 'app', `pod is not a construct: ${givenA}.`],
    [
      'a chart',
      (chart) => chart,
      `pod is test, which does not render exactly one object: ${givenA}. For Include and Helm, give one of their apiObjects.`,
    ],
    [
      'an object without a pod',
      (chart) => new kplus.ConfigMap(chart, 'Data'),
      `pod is test/Data, a ConfigMap in which no pod can be found: ${givenA}.`,
    ],
    [
      'a pod without containers yet',
      (chart) => new newest.Deployment(chart, 'App', { metadata: METADATA }),
      'pod is test/App, which cannot be rendered yet: complete it before you create this construct. Failed serializing construct at path',
    ],
  ])('%s', (_, make, message) => {
    const chart = newChart('sites');
    addInit(chart, make(chart) as IConstruct);
    const mistakes = mistakesIn(chart);
    expect(mistakes[0]).toMatch(`[test/Init] ${message}`);
    expect(mistakes).toHaveLength(1);
  });

  test.each<[string, object, object, Partial<MultisiteInitProps>, string]>([
    ['replicas', { replicas: 3 }, {}, {}, 'test/App has 3 replicas. Each pod would overwrite the token'],
    [
      'a container of the same name',
      {},
      { containers: [{ name: 'multisite-init', image: 'a' }] },
      {},
      'test/App has several containers named multisite-init: give this one another containerName.',
    ],
    [
      'a volume of the same name',
      {},
      { volumes: [{ name: 'multisite-init-token', emptyDir: {} }] },
      {},
      'test/App has a volume named multisite-init-token already: give this construct another containerName',
    ],
    [
      'a port that is in use',
      {},
      {},
      { refresh: true, refreshPort: 8080 },
      'containers multisite-init-refresh and app of test/App both listen on port 8080: give another refreshPort.',
    ],
    [
      'a refresher in a pod that is to complete',
      {},
      { restartPolicy: 'Never' },
      { refresh: true },
      'test/App is a Deployment that must complete, and with refresh it would run for ever: leave out refresh',
    ],
    [
      'the kubeconfig mounted by subPath',
      {},
      {
        volumes: [{ name: 'sites', configMap: { name: 'multisite-kubeconfig-configmap' } }],
        containers: [
          {
            name: 'app',
            image: 'app',
            volumeMounts: [{ name: 'sites', mountPath: '/kubeconfig', subPath: 'kubeconfig' }],
          },
        ],
      },
      {},
      'container app of test/App mounts ConfigMap multisite-kubeconfig-configmap by subPath, and would never get an update',
    ],
  ])('%s', (_, spec, podFields, props, message) => {
    const chart = newChart('sites');
    addInit(chart, deployment(chart, spec, podFields), props);
    expect(mistakesIn(chart)).toEqual([expect.stringContaining(message)]);
  });

  test('the same init container twice', () => {
    const chart = newChart('sites');
    const pod = deployment(chart);
    const { configMap } = addInit(chart, pod);
    new MultisiteInit(chart, 'Again', { pod, configMap });
    expect(mistakesIn(chart)).toEqual([
      '[test/Again] test/App has several containers named multisite-init: give this one another containerName.',
    ]);
  });

  test.each<[string, (chart: Chart) => IConstruct]>([
    ['the newest cdk8s-plus', (chart) => new newest.Deployment(chart, 'App', NEWEST_APP)],
    ['no cdk8s-plus', (chart) => deployment(chart)],
  ])('two volumes of one name, given to two init containers of a Deployment of %s', (_, make) => {
    const chart = newChart('sites');
    const pod = make(chart);
    const { configMap } = addInit(chart, pod, { credential: fromVolume(chart, 'Init', 'ca') });
    const other = { pod, configMap, containerName: 'other', location: 'b', user: 'b' };
    new MultisiteInit(chart, 'Other', { ...other, credential: fromVolume(chart, 'Other', 'ca') });
    expect(mistakesIn(chart)).toEqual([
      '[test/Other] test/App has a volume named ca already: give this construct another containerName, or the volume another name.',
    ]);
  });

  test('a volume with the name of one that the same construct makes', () => {
    const chart = newChart('sites');
    addInit(chart, deployment(chart), { credential: fromVolume(chart, 'Init', 'multisite-init-token') });
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] test/App has a volume named multisite-init-token already: give this construct another containerName, or the ' +
        'volume another name.',
    ]);
  });

  test('an autoscaler', () => {
    const chart = newChart('sites');
    const target = new newest.Deployment(chart, 'App', { ...NEWEST_APP, replicas: undefined });
    new newest.HorizontalPodAutoscaler(chart, 'Scaler', { target, maxReplicas: 3 });
    addInit(chart, target);
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining('test/App has as many pods as its autoscaler wants'),
    ]);
  });

  test('a pod on every node, and runs that may overlap', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const spec = { selector: SELECTOR, template: TEMPLATE };
    const daemons = new ApiObject(chart, 'Daemons', { apiVersion: 'apps/v1', kind: 'DaemonSet', spec });
    const runs = new ApiObject(chart, 'Runs', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { schedule: '@daily', jobTemplate: { spec: { template: TEMPLATE } } },
    });
    new MultisiteInit(chart, 'Init', { pod: daemons, configMap });
    new MultisiteInit(chart, 'Other', { pod: runs, configMap, location: 'b', user: 'b' });
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining('test/Daemons has a pod on every node'),
      expect.stringContaining('test/Runs has runs that may overlap'),
    ]);
  });

  test.each<[string, Partial<MultisiteInitProps>, string]>([
    ['a refresher', { refresh: true }, 'multisite-init-refresh'],
    ['a sidecar', { sidecar: true, kubernetesVersion: '1.31' }, 'multisite-init'],
  ])('the port of a native sidecar, but not of an init container that ends, for %s', (_, props, name) => {
    const mistakesBeside = (fields: object) => {
      const chart = newChart('sites');
      const initContainers = [{ name: 'first', image: 'a', ports: [{ containerPort: 9779 }], ...fields }];
      addInit(chart, deployment(chart, {}, { initContainers }), props);
      return mistakesIn(chart);
    };
    expect(mistakesBeside({})).toEqual([]);
    expect(mistakesBeside({ restartPolicy: 'Always' })).toEqual([
      `[test/Init] containers ${name} and first of test/App both listen on port 9779: give another refreshPort.`,
    ]);
  });

  test.each<[string, object]>([
    ['Job', { parallelism: 3, template: TEMPLATE }],
    [
      'CronJob',
      {
        schedule: '@daily',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { parallelism: 3, template: TEMPLATE } },
      },
    ],
  ])('several pods of a %s at a time', (kind, spec) => {
    const chart = newChart('sites');
    addInit(chart, new ApiObject(chart, 'App', { apiVersion: 'batch/v1', kind, metadata: METADATA, spec }));
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining('test/App has 3 replicas. Each pod would overwrite the token'),
    ]);
  });

  test('a pod that its namespace refuses', () => {
    const chart = newChart('sites');
    new kplus.Namespace(new Chart(chart.node.root, 'environment'), 'Namespace', {
      metadata: { name: 'sites', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    addInit(chart, deployment(chart));
    expect(mistakesIn(chart)).toEqual([
      expect.stringMatching(
        /test\/App is in namespace sites, which enforces Pod Security "restricted".*container app:/,
      ),
    ]);
    expect(mistakesIn(chart)[0]).not.toContain('container multisite-init');
  });
});
