import type { V1Job, V1Role, V1RoleBinding } from '@kubernetes/client-node';
import { ApiObject, type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  MultisiteInit,
  MultisiteInitJob,
  type MultisiteInitJobProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { siteCredential } from './init-in.ts';
import { manifests, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';
import { RESTRICTED } from './restricted.ts';

function jobIn(namespace: string | undefined, props: Partial<MultisiteInitJobProps> = {}) {
  const chart = newChart(namespace);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const init = new MultisiteInitJob(chart, 'Init', {
    configMap,
    credential: siteCredential(chart),
    ...props,
  });
  return { chart, configMap, init };
}

function subject(chart: Chart) {
  return theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.[0];
}

describe('MultisiteInitJob', () => {
  test('renders', () => {
    expect(manifests(jobIn('sites').chart)).toMatchSnapshot();
  });

  test('runs the very container that MultisiteInit adds, restrictions and token included', () => {
    const { chart } = jobIn('sites');
    const other = newChart('sites');
    const pod = new kplus.Pod(other, 'App', { containers: [{ image: 'app' }] });
    const { configMap } = new MultisiteKubeconfig(other, 'Kubeconfig');
    new MultisiteInit(other, 'Init', { pod, configMap, credential: siteCredential(other) });

    const [container, ...others] = podSpec(chart, 'Job').containers;
    expect(others).toEqual([]);
    expect(container).toEqual(podSpec(other, 'Pod').initContainers?.[0]);
    expect(container?.securityContext).toEqual(RESTRICTED);
    expect(podSpec(chart, 'Job').volumes).toEqual(podSpec(other, 'Pod').volumes);
  });

  test('keeps the pods of failed attempts, whose messages say what went wrong', () => {
    expect(podSpec(jobIn('sites').chart, 'Job').restartPolicy).toBe('Never');
  });

  test('runs as a ServiceAccount of its own, with the rights to the one ConfigMap and to tokens of the one ServiceAccount', () => {
    const { chart, init } = jobIn('sites');
    expect(podSpec(chart, 'Job').serviceAccountName).toBe(theOnly(chart, 'ServiceAccount').metadata?.name);
    expect(podSpec(chart, 'Job').automountServiceAccountToken).toBe(false);
    expect(subject(chart)).toEqual({
      kind: 'ServiceAccount',
      name: init.serviceAccount.name,
      namespace: 'sites',
    });
    expect(theOnly<V1Role>(chart, 'Role').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['multisite-kubeconfig-configmap'],
        verbs: ['get', 'patch'],
      },
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['site'],
        verbs: ['create'],
      },
    ]);
  });

  test('runs as the ServiceAccount it is given', () => {
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(newChart('sites'), 'Own', 'own');
    const { chart } = jobIn('sites', { serviceAccount });
    expect(ofKind(chart, 'ServiceAccount')).toEqual([]);
    expect(podSpec(chart, 'Job').serviceAccountName).toBe('own');
    expect(subject(chart)).toMatchObject({ name: 'own', namespace: 'sites' });
  });

  test('leaves the namespace open where the chart has none', () => {
    const { chart } = jobIn(undefined);
    for (const manifest of manifests(chart)) {
      expect(manifest.metadata).not.toHaveProperty('namespace');
    }
    expect(podSpec(chart, 'Job').containers[0]?.args?.[0]).toBe('--namespace=$(POD_NAMESPACE)');
    expect(subject(chart)).not.toHaveProperty('namespace');
  });

  test('may be kept for a time only, and pull its image with a Secret', () => {
    const dockerRegistryAuth = kplus.Secret.fromSecretName(newChart('sites'), 'Pull', 'registry-key');
    const { chart } = jobIn('sites', { ttlAfterFinished: Duration.hours(1), dockerRegistryAuth });
    expect(theOnly<V1Job>(chart, 'Job').spec?.ttlSecondsAfterFinished).toBe(3600);
    expect(podSpec(chart, 'Job').imagePullSecrets).toEqual([{ name: 'registry-key' }]);
  });

  test('passes metadata on to all it creates, and is its Job to ApiObject.of', () => {
    const { chart, init } = jobIn('sites', { metadata: { name: 'once', labels: { team: 'edge' } } });
    for (const kind of ['Job', 'Role', 'RoleBinding', 'ServiceAccount']) {
      expect(theOnly<V1Job>(chart, kind).metadata, kind).toEqual({
        name: 'once',
        namespace: 'sites',
        labels: { team: 'edge' },
      });
    }
    expect(ApiObject.of(init).kind).toBe('Job');
  });

  test('has a name where it is given one that is undefined', () => {
    const { chart, init } = jobIn('sites', { metadata: { name: undefined } });
    expect(theOnly<V1Job>(chart, 'Job').metadata?.name).toBe(init.job.name);
    expect(init.job.name).toMatch(/^test-init-job-/);
  });

  test.each<[Partial<MultisiteInitJobProps>, string]>([
    [{ location: '' }, 'location "" is not valid'],
    [
      { metadata: { name: 'a'.repeat(64) } },
      `metadata.name "${'a'.repeat(64)}" is not valid: give at most 63 characters, because the name is also a label of the Job's pods.`,
    ],
    [
      { metadata: { namespace: 'x' } },
      'metadata.namespace is not allowed here: give the namespace to the chart',
    ],
  ])('refuses %j', (props, message) => {
    expect(() => manifests(jobIn('sites', props).chart)).toThrow(`[test/Init] ${message}`);
  });

  test.each([undefined, SiteCredential.podIdentity()])(
    'refuses the token of its own pod, which ends with it (%#)',
    (credential) => {
      expect(mistakesIn(jobIn('sites', { credential }).chart)).toEqual([
        '[test/Init] the default token belongs to the pod of the Job, and is invalid when that pod ends: give a credential that stays valid (SiteCredential.requested).',
      ]);
    },
  );

  test('has its ServiceAccount as a child of the Job, with a name made of the Job’s', () => {
    const { init } = jobIn('sites', { metadata: { labels: { team: 'edge' } } });
    expect(init.serviceAccount.name).toBe(`${init.job.name}-multisite`);
    expect(init.serviceAccount.node.scope).toBe(init.job);
    expect([init.role.name, init.roleBinding.name]).toEqual([
      `${init.job.name}-multisite-init`,
      `${init.job.name}-multisite-init`,
    ]);
  });
});
