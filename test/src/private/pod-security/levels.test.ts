import type { V1Container, V1PodSpec, V1SecurityContext, V1Volume } from '@kubernetes/client-node';
import { ApiObject, type ApiObjectMetadata, App, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct, IConstruct } from 'constructs';
import { describe, expect, test, vi } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig } from '../../../../src/index.ts';
import { checkPodSecurity } from '../../../../src/private/pod-security/check-pod-security.ts';
import { enforcedLevel, namespacesOf } from '../../../../src/private/pod-security/enforced-level.ts';
import { checkLevel } from '../../../../src/private/pod-security/levels.ts';
import type { RenderedPod } from '../../../../src/private/pod-security/pod-fields.ts';
import { reportAtSynthesis } from '../../../../src/private/validation/report.ts';
import { APP, COMPLETING, restrictedPod, SERVING } from '../../init-in.ts';
import { manifests, mistakesIn, newChart } from '../../manifests.ts';

const LEVEL = 'pod-security.kubernetes.io/enforce';
const VERSION = 'pod-security.kubernetes.io/enforce-version';
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/app';

const SECURITY: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A pod that every level admits, but for what is given. */
function pod(spec: Partial<V1PodSpec>, annotations: Record<string, string> = {}): RenderedPod {
  return { metadata: { annotations }, spec: { containers: [container({})], ...spec } };
}

function container(more: Partial<V1Container>): V1Container {
  return { name: 'app', image: 'app', securityContext: SECURITY, ...more };
}

function secured(securityContext: V1SecurityContext): V1Container {
  return container({ securityContext: { ...SECURITY, ...securityContext } });
}

/** A pod of one such container. */
function podOf(securityContext: V1SecurityContext, spec: Partial<V1PodSpec> = {}) {
  return pod({ containers: [secured(securityContext)], ...spec });
}

function withVolume(volume: Omit<V1Volume, 'name'>) {
  return pod({ volumes: [{ name: 'data', ...volume }] });
}

const http = { port: 80, host: '10.0.0.1' };

describe('no level but privileged admits', () => {
  test.each<[string, RenderedPod, string]>([
    ['the network of the host', pod({ hostNetwork: true }), 'the pod: hostNetwork is true: leave it out'],
    ['the processes of the host', pod({ hostPID: true }), 'the pod: hostPID is true: leave it out'],
    ['the IPC of the host', pod({ hostIPC: true }), 'the pod: hostIPC is true: leave it out'],
    [
      'a privileged container',
      podOf({ privileged: true }),
      'container app: securityContext.privileged is true: leave it out',
    ],
    [
      'a privileged init container',
      pod({ initContainers: [{ ...secured({ privileged: true }), name: 'init' }] }),
      'container init: securityContext.privileged is true: leave it out',
    ],
    [
      'a privileged ephemeral container',
      pod({ ephemeralContainers: [{ ...secured({ privileged: true }), name: 'debug' }] }),
      'container debug: securityContext.privileged is true: leave it out',
    ],
    [
      'a port of the host',
      pod({
        containers: [container({ ports: [{ containerPort: 1 }, { containerPort: 80, hostPort: 80 }] })],
      }),
      'container app: ports[1].hostPort is 80: leave it out',
    ],
    [
      'a liveness probe of another host',
      pod({ containers: [container({ livenessProbe: { httpGet: http } })] }),
      'container app: livenessProbe.httpGet.host is "10.0.0.1": leave it out',
    ],
    [
      'a readiness probe of another host',
      pod({ containers: [container({ readinessProbe: { tcpSocket: http } })] }),
      'container app: readinessProbe.tcpSocket.host is "10.0.0.1": leave it out',
    ],
    [
      'a startup probe of another host',
      pod({ containers: [container({ startupProbe: { httpGet: http } })] }),
      'container app: startupProbe.httpGet.host is "10.0.0.1": leave it out',
    ],
    [
      'a hook that asks another host, at the start',
      pod({ containers: [container({ lifecycle: { postStart: { tcpSocket: http } } })] }),
      'container app: lifecycle.postStart.tcpSocket.host is "10.0.0.1": leave it out',
    ],
    [
      'a hook that asks another host, at the end',
      pod({ containers: [container({ lifecycle: { preStop: { httpGet: http } } })] }),
      'container app: lifecycle.preStop.httpGet.host is "10.0.0.1": leave it out',
    ],
    [
      'a container without AppArmor',
      podOf({ appArmorProfile: { type: 'Unconfined' } }),
      'container app: securityContext.appArmorProfile.type is "Unconfined": leave it out, or give "RuntimeDefault" or "Localhost"',
    ],
    [
      'a pod without AppArmor',
      pod({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
      'the pod: securityContext.appArmorProfile.type is "Unconfined": leave it out, or give "RuntimeDefault" or "Localhost"',
    ],
    [
      'no AppArmor, by annotation',
      pod({}, { [APPARMOR]: 'unconfined' }),
      `the pod: annotation ${APPARMOR} is "unconfined": leave it out, or give "runtime/default" or "localhost/…"`,
    ],
    [
      'another type of SELinux',
      podOf({ seLinuxOptions: { type: 'spc_t' } }),
      'container app: securityContext.seLinuxOptions.type is "spc_t": leave it out, or give "container_t" or ' +
        '"container_init_t" or "container_kvm_t" or "container_engine_t"',
    ],
    [
      'a user of SELinux',
      pod({ securityContext: { seLinuxOptions: { user: 'system_u' } } }),
      'the pod: securityContext.seLinuxOptions.user is "system_u": leave it out',
    ],
    [
      'a role of SELinux',
      podOf({ seLinuxOptions: { role: 'sysadm_r' } }),
      'container app: securityContext.seLinuxOptions.role is "sysadm_r": leave it out',
    ],
    [
      'a process of a Windows host, in a container',
      podOf({ windowsOptions: { hostProcess: true } }),
      'container app: securityContext.windowsOptions.hostProcess is true: leave it out',
    ],
    [
      'processes of a Windows host',
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }),
      'the pod: securityContext.windowsOptions.hostProcess is true: leave it out',
    ],
    [
      'a sysctl that is not safe',
      pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      'the pod: securityContext.sysctls[0].name is "kernel.msgmax": leave it out, or give "kernel.shm_rmid_forced"',
    ],
    [
      'a capability that containers do not have',
      podOf({ capabilities: { add: ['KILL', 'SYS_ADMIN'], drop: ['ALL'] } }),
      'container app: securityContext.capabilities.add[1] is "SYS_ADMIN": leave it out, or give ',
    ],
    [
      'an unmasked /proc',
      podOf({ procMount: 'Unmasked' }),
      'container app: securityContext.procMount is "Unmasked": leave it out, or give "Default"',
    ],
    [
      'a container without seccomp',
      podOf({ seccompProfile: { type: 'Unconfined' } }),
      'container app: securityContext.seccompProfile.type is "Unconfined": ',
    ],
    [
      'a hostPath',
      withVolume({ hostPath: { path: '/' } }),
      // Restricted says what else to take.
      'volume data is ',
    ],
  ])('%s', (_, bad, error) => {
    expect(checkLevel(bad, 'privileged')).toEqual([]);
    expect(checkLevel(bad, 'baseline')).toEqual([expect.stringContaining(error)]);
    expect(checkLevel(bad, 'restricted')).toContainEqual(expect.stringContaining(error));
  });
});

describe('restricted alone does not admit', () => {
  test.each<[string, RenderedPod, string[]]>([
    [
      'a container that says nothing',
      pod({ containers: [{ name: 'app' }] }),
      [
        'container app: securityContext.allowPrivilegeEscalation is not set: set it to false',
        'container app: securityContext.capabilities.drop has no "ALL": add it',
        'container app: securityContext.seccompProfile.type is set neither in the container nor in the pod: set it to ' +
          '"RuntimeDefault" or "Localhost"',
        'container app: securityContext.runAsNonRoot is set neither in the container nor in the pod: set it to true',
      ],
    ],
    [
      'more privileges than the container begins with',
      podOf({ allowPrivilegeEscalation: true }),
      ['container app: securityContext.allowPrivilegeEscalation is true: set it to false'],
    ],
    [
      'a capability that containers have',
      podOf({ capabilities: { add: ['KILL', 'NET_BIND_SERVICE'], drop: ['ALL'] } }),
      [
        'container app: securityContext.capabilities.add[0] is "KILL": leave it out, or give "NET_BIND_SERVICE"',
      ],
    ],
    [
      'some dropped capabilities',
      podOf({ capabilities: { drop: ['KILL'] } }),
      ['container app: securityContext.capabilities.drop has no "ALL": add it'],
    ],
    [
      'root, in the pod',
      pod({ securityContext: { runAsNonRoot: false, runAsUser: 0 } }),
      [
        'the pod: securityContext.runAsNonRoot is false: set it to true',
        'the pod: securityContext.runAsUser is 0: leave it out, or give another user',
      ],
    ],
    [
      'root, in a container',
      podOf({ runAsNonRoot: false, runAsUser: 0 }, { securityContext: { runAsNonRoot: true } }),
      [
        'container app: securityContext.runAsNonRoot is false: set it to true',
        'container app: securityContext.runAsUser is 0: leave it out, or give another user',
      ],
    ],
    [
      'an unmasked /proc in a user namespace',
      podOf({ procMount: 'Unmasked' }, { hostUsers: false }),
      ['container app: securityContext.procMount is "Unmasked": leave it out, or give "Default"'],
    ],
    [
      'a volume from outside',
      withVolume({ nfs: { server: 'nfs', path: '/' } }),
      [
        'volume data is of type nfs: use configMap or csi or downwardAPI or emptyDir or ephemeral or image or ' +
          'persistentVolumeClaim or projected or secret',
      ],
    ],
  ])('%s', (_, bad, errors) => {
    expect(checkLevel(bad, 'baseline')).toEqual([]);
    expect(checkLevel(bad, 'restricted')).toEqual(errors);
  });
});

test.each<[string, RenderedPod]>([
  ['what is said to be off', podOf({ privileged: false, procMount: 'Default' }, { hostNetwork: false })],
  [
    'what is said to be nothing',
    pod(
      {
        containers: [
          container({
            ports: [{ containerPort: 80, hostPort: 0 }],
            livenessProbe: { httpGet: { port: 80, host: '' } },
          }),
        ],
        securityContext: { seLinuxOptions: { type: '', user: '', role: '' } },
      },
      { [APPARMOR]: '' },
    ),
  ],
  [
    'nothing of what would be needed, said by null',
    pod({ volumes: [{ name: 'data', hostPath: null as never }] }),
  ],
  [
    'what the pod says for its containers',
    pod({
      containers: [
        container({ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }),
      ],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'app' } },
    }),
  ],
  ['root in a user namespace', podOf({ runAsNonRoot: false, runAsUser: 0 }, { hostUsers: false })],
  [
    'a Windows pod, which has no Linux fields',
    pod({
      os: { name: 'windows' },
      containers: [container({ securityContext: { runAsNonRoot: true } })],
    }),
  ],
  ['a safe sysctl', pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } })],
  ['an AppArmor profile, by annotation', pod({}, { [APPARMOR]: 'localhost/app', other: 'unconfined' })],
  ['a volume of no type, an emptyDir', withVolume({})],
])('restricted admits %s', (_, good) => {
  expect(checkLevel(good, 'restricted')).toEqual([]);
});

function labels(level: string, version?: string): Record<string, string> {
  return { [LEVEL]: level, ...(version !== undefined && { [VERSION]: version }) };
}

function levelIn(root: IConstruct, namespace: string) {
  const namespaces = namespacesOf(root.node.findAll().filter(ApiObject.isApiObject));
  return enforcedLevel(
    namespaces.filter(({ name }) => name === namespace),
    newChart(undefined),
  );
}

describe('the level of a namespace', () => {
  test.each<[string, (scope: Chart, metadata: ApiObjectMetadata) => Construct]>([
    ['a Namespace of cdk8s-plus', (scope, metadata) => new kplus.Namespace(scope, 'Sites', { metadata })],
    ['a KubeNamespace', (scope, metadata) => new kplus.k8s.KubeNamespace(scope, 'Sites', { metadata })],
    [
      'an ApiObject',
      (scope, metadata) => new ApiObject(scope, 'Sites', { apiVersion: 'v1', kind: 'Namespace', metadata }),
    ],
  ])('is the label of %s, in any chart of the app', (_, create) => {
    const app = new App();
    const chart = newChart(undefined, app, 'environment');
    create(chart, { name: 'sites', labels: labels('baseline') });
    create(newChart(undefined, app, 'other'), { name: 'others', labels: labels('restricted') });
    expect(levelIn(app, 'sites')).toBe('baseline');
    expect(levelIn(app, 'elsewhere')).toBeUndefined();
  });

  test('is the label of the chart, and what a patch makes of it', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { labels: labels('baseline') });
    const namespace = new kplus.Namespace(chart, 'Sites', { metadata: { name: 'sites' } });
    expect(levelIn(app, 'sites')).toBe('baseline');
    const path = `/metadata/labels/${LEVEL.replace('/', '~1')}`;
    ApiObject.of(namespace).addJsonPatch(JsonPatch.replace(path, 'restricted'));
    expect(levelIn(app, 'sites')).toBe('restricted');
  });

  test.each([
    ['without a label', {}, undefined],
    ['with a level that there is not', labels('strict'), undefined],
    ['with the name of what every object has', labels('toString'), undefined],
    ['with a level to be filled in', labels('{{ .Values.level }}'), undefined],
    ['with the levels of the latest version', labels('restricted', 'latest'), 'restricted'],
    ['with the levels of 1.35', labels('restricted', 'v1.35'), 'restricted'],
    ['with the levels of an older version', labels('restricted', 'v1.34'), undefined],
    ['with a version that there is not', labels('restricted', 'newest'), undefined],
  ])('is as said %s', (_, given, level) => {
    const chart = newChart(undefined);
    new kplus.Namespace(chart, 'Sites', { metadata: { name: 'sites', labels: given } });
    expect(levelIn(chart.node.root, 'sites')).toBe(level);
  });
});

test('the level of a Namespace that cannot be rendered is none, so that other mistakes are reported', () => {
  const chart = newChart(undefined);
  // A key that cdk8s fails on.
  new kplus.Namespace(chart, 'Sites', { metadata: { name: 'sites', labels: { constructor: 'x' } } });
  expect(levelIn(chart.node.root, 'sites')).toBeUndefined();
});

describe('the synthesis', () => {
  function reportPodSecurity(chart: Chart, pod: kplus.AbstractPod): void {
    reportAtSynthesis(chart, (app) => checkPodSecurity(pod, app));
  }

  /** A chart whose namespace enforces a level. */
  function enforcing(level: string): Chart {
    const chart = newChart('sites');
    new kplus.Namespace(chart, 'Sites', { metadata: { name: 'sites', labels: labels(level) } });
    return chart;
  }

  test.each([...SERVING, ...COMPLETING])(
    'fails where the namespace would refuse the pod of a %s',
    (_, create) => {
      const chart = enforcing('restricted');
      reportPodSecurity(chart, create(chart, APP));
      expect(() => manifests(chart)).toThrow(
        '[test] test/App is in namespace sites, which enforces Pod Security "restricted" and so refuses the pod: ' +
          'container app: securityContext.capabilities.drop has no "ALL": add it; container app: ' +
          'securityContext.seccompProfile.type is set neither in the container nor in the pod: set it to "RuntimeDefault" or ' +
          '"Localhost". Fix these fields, or label the namespace pod-security.kubernetes.io/enforce: baseline.',
      );
    },
  );

  test('names privileged where baseline would not do either, and sees what is said later', () => {
    const chart = enforcing('baseline');
    const pod = restrictedPod(chart);
    reportPodSecurity(chart, pod);
    pod.addContainer({
      name: 'late',
      image: 'late',
      securityContext: { privileged: true, allowPrivilegeEscalation: true },
    });
    ApiObject.of(pod).metadata.addAnnotation(APPARMOR, 'unconfined');
    expect(() => manifests(chart)).toThrow(
      /container late: securityContext.privileged is true: .*; the pod: annotation .*enforce: privileged\.$/m,
    );
  });

  test('refuses a pod once, however many init containers of ours it has', () => {
    const chart = enforcing('restricted');
    const pod = new kplus.Pod(chart, 'App', APP);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    for (const id of ['one', 'two']) {
      new MultisiteInit(chart, id, { pod, configMap, containerName: id, location: id, user: id });
    }
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining('[test/one] test/App is in namespace sites, which enforces Pod Security'),
    ]);
  });

  test('goes on with a pod that the namespace admits', () => {
    const chart = enforcing('restricted');
    reportPodSecurity(chart, restrictedPod(chart));
    expect(manifests(chart)).toHaveLength(2);
  });

  test.each([
    ['enforces privileged', 'sites', 'privileged'],
    ['is another', 'elsewhere', 'restricted'],
    ['is not said', undefined, 'restricted'],
  ])('renders no pod where its namespace %s', (_, namespace, level) => {
    const app = new App();
    const chart = newChart(namespace, app);
    const metadata = { name: 'sites', labels: labels(level) };
    new kplus.Namespace(newChart(undefined, app, 'environment'), 'Sites', { metadata });
    const pod = new kplus.Pod(chart, 'App', { containers: [{ image: 'app' }] });
    reportPodSecurity(chart, pod);
    const toJson = vi.spyOn(ApiObject.of(pod), 'toJson');
    expect(chart.node.validate()).toEqual([]);
    expect(toJson).not.toHaveBeenCalled();
  });
});

test('the level is that of the pod’s own cluster, where the app has a chart for each', () => {
  const app = new App();
  for (const [id, level] of [
    ['central', 'restricted'],
    ['edge', 'privileged'],
  ] as const) {
    const chart = newChart('sites', app, id);
    const metadata = { name: 'sites', labels: labels(level) };
    new kplus.Namespace(chart, 'Sites', { metadata });
    if (id === 'edge') {
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      new MultisiteInit(chart, 'Init', { pod: new kplus.Pod(chart, 'App', APP), configMap });
    }
  }
  expect(() => app.synthYaml()).not.toThrow();
  const { configMap } = new MultisiteKubeconfig(newChart('sites', app, 'third'), 'Kubeconfig');
  const third = newChart('sites', app, 'fourth');
  new MultisiteInit(third, 'Init', { pod: new kplus.Pod(third, 'App', APP), configMap });
  expect(() => app.synthYaml()).not.toThrow();
});
