import type { V1Container, V1Role, V1Service } from '@kubernetes/client-node';
import { ApiObject, type Chart, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../src/index.ts';
import { APP, COMPLETING, initContainer, initIn, SERVING, siteCredential } from './init-in.ts';
import { allContainers, manifests, mistakesIn, newChart, podSpec, theOnly } from './manifests.ts';
import { RESTRICTED } from './restricted.ts';

function refreshIn(
  namespace: string | undefined,
  props: Partial<MultisiteInitProps> = {},
  podProps?: kplus.AbstractPodProps,
) {
  return initIn(namespace, { refresh: true, ...props }, podProps);
}

function container(chart: Chart, name: string, kind = 'Pod'): V1Container | undefined {
  return podSpec(chart, kind).containers.find((candidate) => candidate.name === name);
}

function refresher(chart: Chart, kind = 'Pod'): V1Container | undefined {
  return container(chart, 'multisite-init-refresh', kind);
}

test('renders', () => {
  expect(manifests(refreshIn('sites').chart)).toMatchSnapshot();
});

test('is off unless asked for', () => {
  for (const refresh of [undefined, false]) {
    const { chart, init } = initIn('sites', { refresh });
    expect(init.refreshContainer).toBeUndefined();
    expect(podSpec(chart, 'Pod').containers.map(({ name }) => name)).toEqual(['app']);
    expect(theOnly<V1Role>(chart, 'Role').rules?.[0]?.verbs).toEqual(['get', 'patch']);
  }
});

describe('the refresher', () => {
  const inCommon: Partial<V1Container> = {
    image: initContainer(initIn('sites').chart)?.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['multisite-init'],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: RESTRICTED,
    volumeMounts: [
      {
        name: 'multisite-init-token',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        readOnly: true,
      },
    ],
  };

  describe.each(SERVING)('of a %s', (kind, newPod) => {
    test('is complete, among other containers added before and after', () => {
      const chart = newChart('sites');
      const pod = newPod(chart, APP);
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      const init = new MultisiteInit(chart, 'Init', {
        pod,
        configMap,
        credential: siteCredential(chart),
        refresh: true,
      });
      pod.addContainer({ name: 'after', image: 'after' });

      const spec = podSpec(chart, kind);
      expect(spec.containers.map(({ name }) => name)).toEqual(['app', 'multisite-init-refresh', 'after']);
      expect(init.refreshContainer?.name).toBe('multisite-init-refresh');
      // The whole of it: no readiness probe, nor the startup probe that cdk8s-plus adds to a port.
      expect(refresher(chart, kind)).toEqual({
        ...inCommon,
        name: 'multisite-init-refresh',
        args: [
          '--namespace=sites',
          '--location=central',
          '--user=user00',
          '--configmap=multisite-kubeconfig-configmap',
          '--key=kubeconfig',
          '--token-source=request',
          '--service-account=site',
          '--watch',
          '--port=9779',
        ],
        livenessProbe: { failureThreshold: 3, httpGet: { path: '/healthz', port: 9779, scheme: 'HTTP' } },
        ports: [{ name: 'refresh-9779', containerPort: 9779 }],
      });
      for (const name of ['app', 'after']) {
        expect(container(chart, name, kind)?.securityContext).not.toHaveProperty('seccompProfile');
        expect(container(chart, name, kind)?.securityContext).not.toHaveProperty('capabilities');
      }
    });
  });

  test('leaves the init container as it is without', () => {
    expect(initContainer(refreshIn('sites').chart)).toEqual(initContainer(initIn('sites').chart));
  });

  test('shares one token volume with the init container, and with no other', () => {
    const { chart } = refreshIn('sites');
    const spec = podSpec(chart, 'Pod');
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.volumes?.map(({ name }) => name)).toEqual(['multisite-init-token']);
    const holders = allContainers(spec).filter(({ volumeMounts }) => volumeMounts?.length);
    expect(holders.map(({ name }) => name)).toEqual(['multisite-init', 'multisite-init-refresh']);
  });

  test('shares nothing else: what is added to one later is not in the other', () => {
    const { chart, init } = refreshIn(undefined);
    init.container.mount('/cache', kplus.Volume.fromEmptyDir(chart, 'Cache', 'cache'));
    init.container.env.addVariable('MORE', kplus.EnvValue.fromValue('more'));
    expect(refresher(chart)?.volumeMounts?.map(({ name }) => name)).toEqual(['multisite-init-token']);
    expect(refresher(chart)?.env?.map(({ name }) => name)).toEqual(['POD_NAMESPACE']);
  });

  test('runs with the options of the init container', () => {
    const { chart } = refreshIn('sites', {
      containerName: 'first',
      image: { tag: 'next' },
      location: 'edge',
      key: 'sites.yaml',
      resources: { memory: { limit: Size.mebibytes(96) } },
    });
    const init = initContainer(chart, 'first');
    const first = container(chart, 'first-refresh');
    expect(first?.image).toBe(init?.image);
    expect(first?.resources).toEqual(init?.resources);
    expect(first?.args).toEqual([...(init?.args ?? []), '--watch', '--port=9779']);
    expect(first?.volumeMounts).toEqual(init?.volumeMounts);
  });

  test('asks its pod for the namespace where the chart has none', () => {
    const { chart } = refreshIn(undefined);
    expect(refresher(chart)?.args?.[0]).toBe('--namespace=$(POD_NAMESPACE)');
    expect(refresher(chart)?.env).toEqual(initContainer(chart)?.env);
  });

  test('is never left unrestricted by a patch that moves the containers', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    ApiObject.of(pod).addJsonPatch(
      JsonPatch.add('/spec/containers/0', { name: 'first', image: 'first', securityContext: {} }),
    );
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap, refresh: true });
    expect(() => manifests(chart)).toThrow(
      '[test/Init] a JSON patch has moved the containers of test/App, and this construct finds its containers by their position: add the patch after',
    );
  });

  test('may watch the one ConfigMap, besides', () => {
    expect(theOnly<V1Role>(refreshIn('sites').chart, 'Role').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['multisite-kubeconfig-configmap'],
        verbs: ['get', 'patch', 'watch'],
      },
    ]);
  });

  test.each(COMPLETING)('is not for a %s, which would never complete', (kind, newPod) => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const pod = newPod(chart, APP);
    new MultisiteInit(chart, 'Init', { pod, configMap, refresh: true });
    expect(mistakesIn(chart)).toEqual([
      `[test/Init] test/App is a ${kind} that must complete, and with refresh it would run for ever: leave out refresh, and give a credential that outlives the pod (SiteCredential.requested).`,
    ]);
  });

  test.each([kplus.RestartPolicy.NEVER, kplus.RestartPolicy.ON_FAILURE])(
    'is not for a Pod that ends, as one that restarts %s',
    (restartPolicy) => {
      const { chart } = refreshIn('sites', {}, { ...APP, restartPolicy });
      expect(() => manifests(chart)).toThrow('is a Pod that must complete');
    },
  );

  test('needs its name free in the pod, from the beginning and later on', () => {
    const { chart, pod } = refreshIn('sites');
    pod.addContainer({ name: 'multisite-init-refresh', image: 'other' });
    expect(() => manifests(chart)).toThrow(
      '[test/Init] test/App has several containers named multisite-init-refresh: give this one another containerName.',
    );
    const taken = { containers: [{ name: 'multisite-init-refresh', image: 'other' }] };
    expect(mistakesIn(refreshIn('sites', {}, taken).chart)).toEqual([
      '[test/Init] test/App has several containers named multisite-init-refresh: give this one another containerName.',
    ]);
    expect(mistakesIn(initIn('sites', {}, taken).chart)).toEqual([]);
  });

  test('fits a container name of 55 characters, with all that carries it', () => {
    const containerName = 'a'.repeat(55);
    const { chart } = refreshIn('sites', { containerName });
    expect(container(chart, `${containerName}-refresh`)?.name).toHaveLength(63);
  });
});

describe('the port', () => {
  test('is the one given', () => {
    const { chart } = refreshIn('sites', { refreshPort: 1024 });
    expect(refresher(chart)?.args?.at(-1)).toBe('--port=1024');
    expect(refresher(chart)?.ports).toEqual([{ name: 'refresh-1024', containerPort: 1024 }]);
    expect(refresher(chart)?.livenessProbe?.httpGet?.port).toBe(1024);
  });

  test('has a name that Kubernetes takes, at its longest', () => {
    const [port] = refresher(refreshIn('sites', { refreshPort: 65535 }).chart)?.ports ?? [];
    expect(port?.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(port?.name?.length).toBeLessThanOrEqual(15);
  });

  test.each([0, 80, 1023, 65536, 9779.5, Number.NaN])('is not %d', (refreshPort) => {
    expect(mistakesIn(refreshIn('sites', { refreshPort }).chart)).toEqual([
      `[test/Init] refreshPort ${refreshPort} is not valid: give a whole number from 1024 to 65535, because the container is not root.`,
    ]);
  });

  test.each([undefined, false])('is not given where nothing refreshes (refresh: %s)', (refresh) => {
    const { chart, init } = initIn('sites', { refresh, refreshPort: 9000 });
    expect(init.refreshContainer).toBeUndefined();
    expect(mistakesIn(chart)).toEqual([
      '[test/Init] refreshPort needs refresh or sidecar: give one of these two, or leave out refreshPort.',
    ]);
  });

  test('stays out of a Service made of the pod’s ports', () => {
    const chart = newChart('sites');
    const deployment = new kplus.Deployment(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', {
      pod: deployment,
      configMap,
      credential: siteCredential(chart),
      refresh: true,
    });
    deployment.exposeViaService();
    expect(theOnly<V1Service>(chart, 'Service').spec?.ports?.map(({ port }) => port)).toEqual([8080]);
  });

  function twoRefreshersIn(namespace: string, refreshPort?: number) {
    const { chart, pod } = refreshIn(namespace);
    const { configMap } = new MultisiteKubeconfig(chart, 'Second', { metadata: { name: 'second' } });
    const containerName = 'second-init';
    new MultisiteInit(chart, 'SecondInit', { pod, configMap, containerName, refresh: true, refreshPort });
    return chart;
  }

  test('is another for a second refresher in the pod', () => {
    const chart = twoRefreshersIn('sites', 9780);
    expect(podSpec(chart, 'Pod').containers.flatMap(({ ports }) => ports)).toEqual([
      { containerPort: 8080 },
      { name: 'refresh-9779', containerPort: 9779 },
      { name: 'refresh-9780', containerPort: 9780 },
    ]);
  });

  test('is not that of another refresher', () => {
    expect(() => manifests(twoRefreshersIn('sites'))).toThrow(
      '[test/SecondInit] containers second-init-refresh and multisite-init-refresh of test/App both listen on port 9779: ' +
        'give another refreshPort.',
    );
  });

  test.each([undefined, kplus.Protocol.TCP])('is not that of an application, protocol %s', (protocol) => {
    const { chart, pod } = refreshIn('sites');
    pod.addContainer({ name: 'metrics', image: 'metrics', ports: [{ number: 9779, protocol }] });
    expect(() => manifests(chart)).toThrow(
      '[test/Init] containers multisite-init-refresh and metrics of test/App both listen on port 9779: give another',
    );
  });

  test('may have the number of a UDP port', () => {
    const { chart, pod } = refreshIn('sites');
    pod.addContainer({ name: 'dns', image: 'dns', ports: [{ number: 9779, protocol: kplus.Protocol.UDP }] });
    expect(container(chart, 'dns')?.ports).toEqual([{ containerPort: 9779, protocol: 'UDP' }]);
  });
});
