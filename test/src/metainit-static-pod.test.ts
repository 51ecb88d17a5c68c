import type { V1ClusterRole, V1ClusterRoleBinding } from '@kubernetes/client-node';
import { ApiObject, App, type Chart, Testing } from 'cdk8s';
import { expect, test } from 'vitest';
import { parseCommandLine } from '../../runtime/cli/parse-command-line.ts';
import { COMMAND } from '../../runtime/programs/metainit/command.ts';
import { readOptions } from '../../runtime/programs/metainit/options.ts';
import { Metainit, MetainitStaticPod, type MetainitStaticPodProps } from '../../src/index.ts';
import { manifests, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';
import { RESTRICTED } from './restricted.ts';

function staticPod(props: Partial<MetainitStaticPodProps> = {}) {
  const chart = newChart(undefined);
  const manifestChart = newChart(undefined, new App(), 'manifests');
  const metainit = new MetainitStaticPod(chart, 'Metainit', { manifestChart, ...props });
  return { chart, manifestChart, metainit };
}

test('renders the objects of the cluster, and the static pod in a chart of its own', () => {
  const { chart, manifestChart } = staticPod();
  expect(manifests(chart)).toMatchSnapshot();
  expect(manifests(manifestChart)).toMatchSnapshot();
});

test('the pod refers to no other object, because a static pod may not', () => {
  const spec = podSpec(staticPod().manifestChart, 'Pod');
  expect(spec).not.toHaveProperty('serviceAccountName');
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(spec.volumes).toEqual([
    { name: 'credentials', hostPath: { path: '/var/lib/metainit', type: 'Directory' } },
  ]);
  expect(JSON.stringify(spec)).not.toMatch(/secret|configMap|valueFrom|envFrom/i);
});

test('the pod is critical, small, on the network of its node, and restricted', () => {
  const spec = podSpec(staticPod().manifestChart, 'Pod');
  const [container, ...others] = spec.containers;
  expect(others).toEqual([]);
  expect(spec).toMatchObject({
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
  });
  expect(container?.resources?.requests?.cpu).toBe('50m');
  expect(container?.volumeMounts).toEqual([
    { mountPath: '/etc/metainit', name: 'credentials', readOnly: true },
  ]);
  expect(container?.securityContext).toEqual(RESTRICTED);
  expect(container?.ports).toBeUndefined();
});

test('the program reads all arguments, and serves at loopback, where it is probed', () => {
  const { manifestChart } = staticPod({
    label: 'example.com/first',
    gates: ['example.com/hold'],
    port: 9000,
  });
  const [container] = podSpec(manifestChart, 'Pod').containers;
  const options = readOptions(parseCommandLine(COMMAND, container?.args ?? []).values);
  expect(options).toMatchObject({
    label: 'example.com/first',
    gates: new Set(['example.com/hold']),
    kubeconfig: '/etc/metainit/kubeconfig',
    host: '127.0.0.1',
    port: 9000,
  });
  const at = { host: '127.0.0.1', port: 9000 };
  expect(container?.livenessProbe?.httpGet).toMatchObject({ path: '/healthz', ...at });
  expect(container?.readinessProbe?.httpGet).toMatchObject({ path: '/readyz', ...at });
});

test('the rights and the priority level are those of the user in the client certificate', () => {
  const { chart, metainit } = staticPod();
  expect(metainit).toMatchObject({ userName: 'metainit', namespaceName: 'kube-system' });
  expect(metainit.label).toBe(Metainit.DEFAULT_LABEL);
  expect(theOnly<V1ClusterRoleBinding>(chart, 'ClusterRoleBinding').subjects).toEqual([
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'metainit' },
  ]);
  const rules = theOnly<V1ClusterRole>(chart, 'ClusterRole').rules?.map(({ resources, verbs }) => [
    resources,
    verbs,
  ]);
  expect(rules).toEqual([
    [['pods'], ['list', 'watch', 'patch']],
    [['events'], ['create']],
  ]);
  expect(theOnly(chart, 'FlowSchema')).toMatchObject({
    spec: { rules: [{ subjects: [{ kind: 'User', user: { name: 'metainit' } }] }] },
  });
});

test('with namespaces the rights are in these alone', () => {
  const { chart } = staticPod({ namespaces: ['apps'] });
  expect(ofKind(chart, 'RoleBinding').map(({ metadata }) => metadata?.namespace)).toEqual(['apps']);
  expect(ofKind(chart, 'ClusterRoleBinding')).toEqual([]);
});

test('a cluster may have a Metainit too', () => {
  const { chart } = staticPod();
  new Metainit(chart, 'Deployment');
  expect(mistakesIn(chart)).toEqual([]);
});

test.each<[string, Partial<MetainitStaticPodProps>, RegExp]>([
  ['no chart', { manifestChart: 'chart' as unknown as Chart }, /manifestChart is .*: give a Chart\./],
  ['a port that is none', { port: 70_000 }, /port is 70000: give a whole number from 1 to 65535\./],
  ['a wrong label', { label: 'a b' }, /label/],
  ['a namespace', { metadata: { namespace: 'apps' } }, /the pod is always in the namespace kube-system/],
])('%s is a mistake', (_, props, mistake) => {
  expect(mistakesIn(staticPod(props).chart).join('\n')).toMatch(mistake);
});

test('its own chart as manifestChart is a mistake, and so is a chart with other objects', () => {
  const own = newChart(undefined);
  new MetainitStaticPod(own, 'Metainit', { manifestChart: own });
  expect(mistakesIn(own).join('\n')).toContain('manifestChart is the chart of this construct');
  const { chart, manifestChart } = staticPod();
  new ApiObject(manifestChart, 'Other', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(mistakesIn(chart)).toEqual([expect.stringContaining('manifestChart has other objects too')]);
  expect(Testing.synth(manifestChart)).toHaveLength(2);
});
