import type { V1Container, V1Deployment, V1Role, V1RoleBinding, V1Service } from '@kubernetes/client-node';
import { ApiObject, type Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  type CloudifyManagerProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { allContainers, manifests, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

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

  test('has its init container restricted all the same', () => {
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

  test('keeps its site fresh beside it, at a port of choice, unless told not to', () => {
    const names = (chart: Chart) => podSpec(chart, 'Deployment').containers.map(({ name }) => name);
    const { chart, manager } = managerIn('cloudify', { refreshPort: 9999 });
    expect(names(chart)).toEqual(['cloudify-manager', 'multisite-init-refresh']);
    expect(manager.init.refreshContainer?.args?.slice(-2)).toEqual(['--watch', '--port=9999']);
    expect(names(managerIn('cloudify', { refresh: false, refreshPort: 9999 }).chart)).toEqual([
      'cloudify-manager',
    ]);
  });

  test('gives the pod’s token to the containers of its init program alone', () => {
    const holders = allContainers(podSpec(managerIn('cloudify').chart, 'Deployment')).filter((container) =>
      container.volumeMounts?.some(({ name }) => name === 'multisite-init-token'),
    );
    expect(holders.map(({ name }) => name)).toEqual(['multisite-init', 'multisite-init-refresh']);
  });

  test('deploys as a ServiceAccount of its own, which is not the pod’s and has no rights yet', () => {
    const { chart, manager } = managerIn('cloudify');
    expect(manager.siteServiceAccount?.name).toBe('dcae-cloudify-manager-site');
    const pods = podSpec(chart, 'Deployment').serviceAccountName;
    const accounts = ofKind(chart, 'ServiceAccount').map(({ metadata }) => metadata?.name);
    expect(accounts.toSorted()).toEqual(['dcae-cloudify-manager-site', pods]);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.map(({ name }) => name)).toEqual([pods]);
    expect(manager.init.container.args).toEqual(
      expect.arrayContaining(['--token-source=request', '--service-account=dcae-cloudify-manager-site']),
    );
    expect(theOnly<V1Role>(chart, 'Role').rules?.at(-1)).toEqual({
      apiGroups: [''],
      resources: ['serviceaccounts/token'],
      resourceNames: ['dcae-cloudify-manager-site'],
      verbs: ['create'],
    });
  });

  test('deploys with the credential it is told, and then brings no ServiceAccount for that', () => {
    const { chart, manager } = managerIn('cloudify', { init: { credential: SiteCredential.podIdentity() } });
    expect(manager.siteServiceAccount).toBeUndefined();
    expect(theOnly(chart, 'ServiceAccount').metadata?.name).toBe(manager.init.serviceAccount.name);
    expect(manager.init.container.args?.join(' ')).not.toContain('--token-source');
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
    const { chart, manager } = managerIn('cloudify', { configMap });
    expect(ofKind(chart, 'ConfigMap')).toEqual([]);
    expect(manager.configMap).toBe(configMap);
    expect(manager.secret).toBeUndefined();
    expect(podSpec(chart, 'Deployment').volumes).toContainEqual({
      name: 'kubeconfig',
      configMap: { name: 'existing' },
    });
    expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toContain('--configmap=existing');
  });

  test('may have the kubeconfig in a Secret', () => {
    const chart = newChart('cloudify');
    const secret = MultisiteKubeconfig.secret(chart, 'Secret');
    const manager = new CloudifyManager(chart, 'Manager', { secret });
    expect(ofKind(chart, 'ConfigMap')).toEqual([]);
    expect(manager.secret).toBe(secret);
    expect(manager.configMap).toBeUndefined();
    const spec = podSpec(chart, 'Deployment');
    expect(spec.volumes).toContainEqual({
      name: 'kubeconfig',
      secret: { secretName: 'multisite-kubeconfig-secret' },
    });
    expect(managerContainer(chart)?.volumeMounts).toContainEqual({
      name: 'kubeconfig',
      mountPath: '/opt/onap/kube',
      readOnly: true,
    });
    for (const container of [spec.initContainers?.[0], spec.containers[1]]) {
      expect(container?.args).toContain('--secret=multisite-kubeconfig-secret');
    }
  });

  test('hands options on to the containers of its init program', () => {
    const { chart } = managerIn('cloudify', { init: { location: 'edge', image: { tag: 'next' } } });
    const spec = podSpec(chart, 'Deployment');
    for (const container of [spec.initContainers?.[0], spec.containers[1]]) {
      expect(container).toMatchObject({
        image: 'ghcr.io/cdk8s-multisite/multisite:next',
        args: expect.arrayContaining(['--location=edge']),
      });
    }
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
    [{ refreshPort: 80 }, 'refreshPort 80 is not valid: give a whole number from 1024'],
  ])('refuses %j', (props, message) => {
    expect(() => managerIn('cloudify', props)).toThrow(message);
    expect(() => managerIn('cloudify', props)).toThrow('[test/Manager');
  });

  test('refuses both a ConfigMap and a Secret', () => {
    const chart = newChart('cloudify');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const secret = MultisiteKubeconfig.secret(chart, 'Secret');
    expect(() => new CloudifyManager(chart, 'Manager', { configMap, secret })).toThrow(
      '[test/Manager] configMap and secret exclude each other: the kubeconfig is kept in one place',
    );
  });
});
