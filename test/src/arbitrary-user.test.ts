import type { V1Deployment } from '@kubernetes/client-node';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { CloudifyManager, MultisiteInit, MultisiteInitJob, MultisiteKubeconfig } from '../../src/index.ts';
import { APP, COMPLETING, initIn, SERVING, siteCredential } from './init-in.ts';
import { allContainers, mistakesIn, newChart, podSpec } from './manifests.ts';

const NAMES = ['multisite-init', 'multisite-init-refresh'];

/** All of the security context of a container of ours, without user and group. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

function contexts(spec: NonNullable<V1Deployment['spec']>['template']['spec']) {
  const ours = spec ? allContainers(spec).filter(({ name }) => NAMES.includes(name)) : [];
  return ours.map(({ securityContext }) => securityContext);
}

test.each([...SERVING, ...COMPLETING])(
  'the containers in a %s leave user and group to the platform',
  (kind, newPod) => {
    const chart = newChart('sites');
    const refresh = SERVING.some(([serving]) => serving === kind);
    new MultisiteInit(chart, 'Init', {
      pod: newPod(chart, APP),
      configMap: new MultisiteKubeconfig(chart, 'Kubeconfig').configMap,
      credential: siteCredential(chart),
      refresh,
      arbitraryUser: true,
    });
    expect(contexts(podSpec(chart, kind))).toEqual(refresh ? [RESTRICTED, RESTRICTED] : [RESTRICTED]);
    expect(mistakesIn(chart)).toEqual([]);
  },
);

test('so does that of MultisiteInitJob', () => {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const credential = siteCredential(chart);
  new MultisiteInitJob(chart, 'Init', { configMap, credential, arbitraryUser: true });
  expect(contexts(podSpec(chart, 'Job'))).toEqual([RESTRICTED]);
});

test('so do those of CloudifyManager', () => {
  const chart = newChart('sites');
  new CloudifyManager(chart, 'Manager', { init: { arbitraryUser: true } });
  expect(contexts(podSpec(chart, 'Deployment'))).toEqual([RESTRICTED, RESTRICTED]);
});

test('other containers keep theirs', () => {
  const { chart } = initIn(
    'sites',
    { arbitraryUser: true },
    { containers: [{ image: 'app', securityContext: { user: 1000 } }] },
  );
  expect(podSpec(chart, 'Pod').containers[0]?.securityContext?.runAsUser).toBe(1000);
});

test('Pod Security "restricted" takes them', () => {
  const chart = newChart('sites');
  new kplus.Namespace(chart, 'Namespace', {
    metadata: { name: 'sites', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const credential = siteCredential(chart);
  new MultisiteInitJob(chart, 'Init', { configMap, credential, arbitraryUser: true });
  expect(mistakesIn(chart)).toEqual([]);
});
