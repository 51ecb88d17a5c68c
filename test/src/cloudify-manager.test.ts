import type { V1Container, V1Deployment, V1RoleBinding, V1Service } from '@kubernetes/client-node';
import { ApiObject, type Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { CloudifyManager, type CloudifyManagerProps } from '../../src/index.ts';
import { manifests, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

function managerIn(namespace: string | undefined, props?: CloudifyManagerProps) {
  const chart = newChart(namespace);
  return { chart, manager: new CloudifyManager(chart, 'Manager', props) };
}

function managerContainer(chart: Chart): V1Container | undefined {
  return podSpec(chart, 'Deployment').containers[0];
}

describe('CloudifyManager', () => {
  test('renders', () => {
    expect(manifests(managerIn('cloudify').chart)).toMatchSnapshot();
  });

  test('is one pod, and never two at a time, which would share a database', () => {
    const { spec } = theOnly<V1Deployment>(managerIn('cloudify').chart, 'Deployment');
    expect(spec?.replicas).toBe(1);
    expect(spec?.strategy).toEqual({ type: 'Recreate' });
  });

  test('runs systemd: privileged, with the cgroups of the host to read and memory under /run', () => {
    const { chart } = managerIn('cloudify');
    expect(managerContainer(chart)?.securityContext).toEqual({
      privileged: true,
      allowPrivilegeEscalation: true,
      runAsNonRoot: false,
      readOnlyRootFilesystem: false,
    });
    expect(managerContainer(chart)?.volumeMounts).toEqual([
      { name: 'cgroup', mountPath: '/sys/fs/cgroup', readOnly: true },
      { name: 'run', mountPath: '/run' },
      { name: 'run-lock', mountPath: '/run/lock' },
      { name: 'kubeconfig', mountPath: '/opt/onap/kube', readOnly: true },
    ]);
    expect(podSpec(chart, 'Deployment').volumes).toEqual([
      { name: 'cgroup', hostPath: { path: '/sys/fs/cgroup', type: 'Directory' } },
      { name: 'run', emptyDir: { medium: 'Memory' } },
      { name: 'run-lock', emptyDir: { medium: 'Memory' } },
      { name: 'kubeconfig', configMap: { name: 'multisite-kubeconfig-configmap' } },
      expect.objectContaining({ name: 'multisite-init-token' }),
    ]);
  });

  test('has no probe yet: the one that cdk8s-plus adds to a port would kill the manager as it boots', () => {
    const container = managerContainer(managerIn('cloudify').chart);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: 80 }]);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(container).not.toHaveProperty(probe);
    }
  });

  test('has its init container restricted all the same, and the token in it alone', () => {
    const { chart, manager } = managerIn('cloudify');
    const spec = podSpec(chart, 'Deployment');
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['multisite-init']);
    expect(spec.initContainers?.[0]?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.serviceAccountName).toBe(manager.init.serviceAccount.name);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.[0]?.namespace).toBe('cloudify');
  });

  test('asks for the memory it needs, or what it is told', () => {
    expect(managerContainer(managerIn('cloudify').chart)?.resources).toEqual({
      requests: { cpu: '1', memory: '2048Mi' },
      limits: { cpu: '2', memory: '4096Mi' },
    });
    const resources = { memory: { request: Size.gibibytes(8) } };
    expect(managerContainer(managerIn('cloudify', { resources }).chart)?.resources).toEqual({
      requests: { memory: '8192Mi' },
    });
  });

  test('is called the same by its Service, its Deployment and itself', () => {
    for (const [props, name] of [
      [{}, 'dcae-cloudify-manager'],
      [{ name: 'cm' }, 'cm'],
    ] as const) {
      const { chart } = managerIn('cloudify', props);
      expect(theOnly(chart, 'Service').metadata?.name).toBe(name);
      expect(theOnly(chart, 'Deployment').metadata?.name).toBe(name);
      expect(podSpec(chart, 'Deployment').hostname).toBe(name);
      expect(podSpec(chart, 'Deployment').hostAliases).toEqual([{ ip: '127.0.0.1', hostnames: [name] }]);
    }
  });

  test('is served inside the cluster at port 80', () => {
    const { chart } = managerIn('cloudify');
    const deployment = theOnly<V1Deployment>(chart, 'Deployment');
    expect(theOnly<V1Service>(chart, 'Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 80, targetPort: 80 }],
      selector: deployment.spec?.template.metadata?.labels,
    });
  });

  test('uses a ConfigMap that exists', () => {
    const configMap = kplus.ConfigMap.fromConfigMapName(newChart('cloudify'), 'Existing', 'existing');
    const { chart } = managerIn('cloudify', { configMap });
    expect(ofKind(chart, 'ConfigMap')).toEqual([]);
    expect(podSpec(chart, 'Deployment').volumes).toContainEqual({
      name: 'kubeconfig',
      configMap: { name: 'existing' },
    });
    expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toContain('--configmap=existing');
  });

  test('hands options on to its init container', () => {
    const { chart } = managerIn('cloudify', { init: { location: 'edge', image: { tag: 'next' } } });
    expect(podSpec(chart, 'Deployment').initContainers?.[0]).toMatchObject({
      image: 'ghcr.io/cdk8s-multisite/multisite:next',
      args: expect.arrayContaining(['--location=edge']),
    });
  });

  test('runs the image it is told', () => {
    const { chart } = managerIn('cloudify', { image: { repository: 'registry.example.com/cm', tag: '7' } });
    expect(managerContainer(chart)?.image).toBe('registry.example.com/cm:7');
  });

  test('labels all it creates, and is its Deployment to ApiObject.of', () => {
    const { chart, manager } = managerIn('cloudify', { metadata: { labels: { team: 'edge' } } });
    for (const { kind, metadata } of manifests(chart)) {
      expect(metadata?.labels, kind).toEqual({ team: 'edge' });
    }
    expect(ApiObject.of(manager).kind).toBe('Deployment');
  });

  test('leaves the namespace open where the chart has none', () => {
    const { chart } = managerIn(undefined);
    for (const manifest of manifests(chart)) expect(manifest.metadata).not.toHaveProperty('namespace');
    expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toContain('--namespace=$(POD_NAMESPACE)');
  });

  test.each<[CloudifyManagerProps, string]>([
    [
      { name: '' },
      'name "" is not valid: give lower-case letters, digits or "-", at most 63, beginning with',
    ],
    [{ name: '1st' }, 'name "1st" is not valid'],
    [
      { metadata: { name: 'cm' } },
      'metadata.name is not taken, as it cannot be the name of every object: give',
    ],
    [{ metadata: { namespace: 'x' } }, 'metadata.namespace is not taken'],
    [{ image: { tag: ' ' } }, 'image.tag " " is not valid'],
  ])('refuses %j', (props, message) => {
    expect(() => managerIn('cloudify', props)).toThrow(`[test/Manager] ${message}`);
  });
});
