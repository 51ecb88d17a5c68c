import type {
  KubernetesObject,
  V1Container,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { ApiObject, App, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { LogFormat, MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../src/index.ts';
import { optionsOf } from '../support/options-of.ts';
import { APP, COMPLETING, initContainer, initIn, SERVING, siteCredential } from './init-in.ts';
import { allContainers, manifests, newChart, ofKind, podSpec, theOnly } from './manifests.ts';
import { RESTRICTED } from './restricted.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
test('renders', () => {
  expect(manifests(initIn('sites').chart)).toMatchSnapshot();
});

describe('the init container', () => {
  const expected: V1Container = {
    name: 'multisite-init',
    image: `ghcr.io/cdk8s-multisite/multisite:${packageJson.version}`,
    imagePullPolicy: 'IfNotPresent',
    command: ['multisite-init'],
    args: [
      '--namespace=sites',
      '--location=central',
      '--user=user00',
      '--configmap=multisite-kubeconfig-configmap',
      '--key=kubeconfig',
      '--token-source=request',
      '--service-account=site',
    ],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: 'multisite-init-token', mountPath: TOKEN_PATH, readOnly: true }],
  };

  describe.each([...SERVING, ...COMPLETING])('of a %s', (kind, newPod) => {
    test('is complete, among other init containers, mounts and volumes added before and after', () => {
      const chart = newChart('sites');
      const pod = newPod(chart, APP);
      pod.addInitContainer({ name: 'before', image: 'before' });
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
      pod.addInitContainer({ name: 'after', image: 'after' });
      pod.addVolume(kplus.Volume.fromEmptyDir(chart, 'Spare', 'spare'));
      pod.containers[0]?.mount('/cache', kplus.Volume.fromEmptyDir(chart, 'Cache', 'cache'));

      const spec = podSpec(chart, kind);
      expect(spec.initContainers?.map(({ name }) => name)).toEqual(['before', 'multisite-init', 'after']);
      expect(spec.initContainers?.[1]).toEqual(expected);
      for (const other of allContainers(spec).filter(({ name }) => name !== 'multisite-init')) {
        expect(other.securityContext).not.toHaveProperty('seccompProfile');
        expect(other.securityContext).not.toHaveProperty('capabilities');
      }
      expect(spec.volumes?.map(({ name }) => name).toSorted()).toEqual([
        'cache',
        'multisite-init-token',
        'spare',
      ]);
    });

    test('runs as the ServiceAccount created for a pod without one', () => {
      const chart = newChart('sites');
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      const pod = newPod(chart, APP);
      const { serviceAccount } = new MultisiteInit(chart, 'Init', {
        pod,
        configMap,
        credential: siteCredential(chart),
      });

      const account = theOnly<V1ServiceAccount>(chart, 'ServiceAccount');
      expect(serviceAccount.name).toBe(`${pod.name}-multisite`);
      expect(account.metadata).toEqual({ name: serviceAccount.name, namespace: 'sites' });
      expect(account.automountServiceAccountToken).toBe(false);
      expect(podSpec(chart, kind).serviceAccountName).toBe(serviceAccount.name);
      expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects).toEqual([
        { kind: 'ServiceAccount', name: serviceAccount.name, namespace: 'sites' },
      ]);
    });

    test('runs as the ServiceAccount that the pod has', () => {
      const chart = newChart('sites');
      const own = new kplus.ServiceAccount(chart, 'Own', { metadata: { name: 'own' } });
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      const pod = newPod(chart, { ...APP, serviceAccount: own });
      const init = new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });

      expect(init.serviceAccount).toBe(own);
      expect(ofKind(chart, 'ServiceAccount')).toHaveLength(1);
      expect(podSpec(chart, kind).serviceAccountName).toBe('own');
      expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects).toEqual([
        { kind: 'ServiceAccount', name: 'own', namespace: 'sites' },
      ]);
    });

    test('alone has the token of the pod', () => {
      const chart = newChart('sites');
      const pod = newPod(chart, APP);
      pod.addInitContainer({ name: 'other', image: 'other' });
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });

      const spec = podSpec(chart, kind);
      expect(spec.automountServiceAccountToken).toBe(false);
      const holders = allContainers(spec).filter((container) =>
        container.volumeMounts?.some(({ name }) => name === 'multisite-init-token'),
      );
      expect(holders.map(({ name }) => name)).toEqual(['multisite-init']);
    });
  });

  test('gets the token, the CA and the namespace where clients look for them', () => {
    expect(podSpec(initIn('sites').chart, 'Pod').volumes).toEqual([
      {
        name: 'multisite-init-token',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            {
              downwardAPI: {
                items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
              },
            },
          ],
        },
      },
    ]);
  });

  test('spells out every flag it is given', () => {
    const { chart } = initIn('sites', {
      location: 'edge 01',
      user: 'ops$(HOME)',
      key: 'sites.yaml',
      configMap: kplus.ConfigMap.fromConfigMapName(newChart('sites'), 'Existing', 'existing'),
    });
    expect(initContainer(chart)?.args).toEqual([
      '--namespace=sites',
      '--location=edge 01',
      // Kubernetes turns $$ back into $, and leaves what follows alone.
      '--user=ops$$(HOME)',
      '--configmap=existing',
      '--key=sites.yaml',
    ]);
  });

  test('takes another name, image and resources', () => {
    const { chart } = initIn('sites', {
      containerName: 'first',
      image: { tag: 'next' },
      resources: { memory: { limit: Size.mebibytes(96) } },
    });
    expect(initContainer(chart, 'first')).toMatchObject({
      image: 'ghcr.io/cdk8s-multisite/multisite:next',
      resources: { limits: { memory: '96Mi' } },
      volumeMounts: [{ name: 'first-token' }],
    });
    expect(initContainer(chart, 'first')?.resources).not.toHaveProperty('requests');
  });

  test.each<[Partial<MultisiteInitProps>, string[]]>([
    [{}, []],
    [{ logFormat: LogFormat.json() }, ['--log-format=json']],
    [{ logFormat: LogFormat.text() }, ['--log-format=text']],
    [{ timeout: Duration.minutes(2) }, ['--timeout=120s']],
    [{ wait: Duration.millis(1500) }, ['--wait=1500ms']],
    [{ wait: Duration.seconds(0) }, ['--wait=0s']],
  ])('runs as %j says', (props, args) => {
    const { chart } = initIn('sites', { ...props, refresh: true });
    const flags = /^--(log-format|timeout|wait)=/;
    for (const container of allContainers(podSpec(chart, 'Pod')).filter(({ name }) => name !== 'app')) {
      expect(container.args?.filter((arg) => flags.test(arg))).toEqual(args);
      expect(optionsOf(...(container.args ?? []))).toBeTypeOf('object');
    }
  });

  test('can be added twice, for two ConfigMaps, as one ServiceAccount', () => {
    const { chart, pod, init } = initIn('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Second', { metadata: { name: 'second' } });
    const second = new MultisiteInit(chart, 'SecondInit', { pod, configMap, containerName: 'second-init' });

    expect(second.serviceAccount).toBe(init.serviceAccount);
    expect(initContainer(chart, 'second-init')?.securityContext).toEqual(
      initContainer(chart)?.securityContext,
    );
    expect(ofKind<V1RoleBinding>(chart, 'RoleBinding').map(({ subjects }) => subjects?.[0]?.name)).toEqual([
      init.serviceAccount.name,
      init.serviceAccount.name,
    ]);
  });

  test('is never left unrestricted by a patch that moves the init containers', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    pod.addInitContainer({ name: 'other', image: 'other' });
    const first = { name: 'first', image: 'first', securityContext: {} };
    ApiObject.of(pod).addJsonPatch(JsonPatch.add('/spec/initContainers/0', first));
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(() => manifests(chart)).toThrow(
      '[test/Init] a JSON patch has moved the containers of test/App, and this construct finds its containers by their position: add the patch after',
    );
  });
});

describe('the rights', () => {
  test('are to get and patch the one ConfigMap', () => {
    const { chart, init } = initIn('sites');
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['multisite-kubeconfig-configmap'],
        verbs: ['get', 'patch'],
      },
    ]);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: init.role.name,
    });
  });

  test('have the name of the pod and the container, as it carries the rights of one writer', () => {
    const { chart, pod } = initIn('sites', { containerName: 'first' });
    for (const kind of ['Role', 'RoleBinding']) {
      expect(theOnly(chart, kind).metadata?.name, kind).toBe(`${pod.name}-first`);
    }
  });

  test('are rendered before the pod, which cannot be created without its ServiceAccount', () => {
    const kinds = manifests(initIn('sites').chart).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('Pod');
    expect(kinds.toSorted()).toEqual(['ConfigMap', 'Pod', 'Role', 'RoleBinding', 'ServiceAccount']);
  });

  test('can stand below the pod in the tree', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(pod, 'Kubeconfig');
    new MultisiteInit(pod, 'Init', { pod, configMap });
    expect(manifests(chart).at(-1)?.kind).toBe('Pod');
  });

  test('carry the metadata given', () => {
    const { chart } = initIn('sites', { metadata: { name: 'edge', labels: { team: 'edge' } } });
    const expected = { name: 'edge', namespace: 'sites', labels: { team: 'edge' } };
    for (const kind of ['Role', 'RoleBinding', 'ServiceAccount']) {
      expect(theOnly(chart, kind).metadata, kind).toEqual(expected);
    }
  });
});

describe('the namespace', () => {
  test('is the chart’s, everywhere', () => {
    const { chart } = initIn('sites');
    const rendered = manifests(chart);
    expect(rendered.map((manifest: KubernetesObject) => manifest.metadata?.namespace)).toEqual(
      rendered.map(() => 'sites'),
    );
    expect(initContainer(chart)).not.toHaveProperty('env');
  });

  test('is asked of the pod and left open in the binding where the chart has none', () => {
    const { chart, init } = initIn(undefined);
    for (const manifest of manifests(chart)) {
      expect(manifest.metadata).not.toHaveProperty('namespace');
    }
    expect(initContainer(chart)?.args?.[0]).toBe('--namespace=$(POD_NAMESPACE)');
    expect(initContainer(chart)?.env).toEqual([
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ]);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: init.serviceAccount.name },
    ]);
  });

  test('may be a template, for Helm to fill in', () => {
    const { chart } = initIn('{{ .Release.Namespace }}');
    expect(initContainer(chart)?.args?.[0]).toBe('--namespace={{ .Release.Namespace }}');
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.[0]?.namespace).toBe(
      '{{ .Release.Namespace }}',
    );
  });

  test('of a pod that has one of its own goes for what belongs to the pod', () => {
    const { chart } = initIn(
      'sites',
      { configMap: kplus.ConfigMap.fromConfigMapName(newChart(undefined), 'Existing', 'existing') },
      { ...APP, metadata: { namespace: 'edge' } },
    );
    for (const kind of ['Role', 'RoleBinding', 'ServiceAccount']) {
      expect(theOnly(chart, kind).metadata?.namespace, kind).toBe('edge');
    }
    expect(initContainer(chart)?.args?.[0]).toBe('--namespace=edge');
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.[0]?.namespace).toBe('edge');
  });

  test.each<[string | undefined, string | undefined, string | undefined]>([
    ['sites', undefined, 'sites'],
    ['sites', 'sites', 'sites'],
    [undefined, undefined, undefined],
  ])('in a chart in %s, of an existing ServiceAccount said to be in %s, is %s', (chartNs, said, expected) => {
    const chart = newChart(chartNs);
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Existing', 'existing', {
      namespaceName: said,
    });
    const pod = new kplus.Pod(chart, 'App', { ...APP, serviceAccount });
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap });
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'existing', ...(expected && { namespace: expected }) },
    ]);
  });
});

test('the pod may be in another chart, which then comes after the one with its rights', () => {
  const app = new App();
  const podChart = newChart('sites', app, 'pods');
  const chart = newChart('sites', app);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(podChart, 'App', APP), configMap });
  app.synthYaml();
  expect(app.charts.map(({ node }) => node.id)).toEqual(['test', 'pods']);
  expect(ofKind(podChart, 'ServiceAccount')).toHaveLength(1);
});
