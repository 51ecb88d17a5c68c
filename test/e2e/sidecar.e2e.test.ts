import type { KubernetesObject, V1ContainerStatus, V1Pod, V1PodList } from '@kubernetes/client-node';
import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { APPLY, createNamespace, kubectl } from '../src/kubectl.ts';
import { manifests, newChart } from '../src/manifests.ts';
import { addApplication, KUBECONFIG } from './application.ts';
import { execIn, POD_WITHIN, runningPod, untilKubeconfig } from './running-pods.ts';
import { readDocument, tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

const NAMESPACE = 'e2e-sidecar';
const SITE = `system:serviceaccount:${NAMESPACE}:site`;
const SIDECAR = { sidecar: true, kubernetesVersion: '1.29' } as const;

beforeAll(() => createNamespace(NAMESPACE, { 'pod-security.kubernetes.io/enforce': 'baseline' }));

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE]));

function newSite() {
  const chart = newChart(NAMESPACE);
  const credential = SiteCredential.requested(
    new kplus.ServiceAccount(chart, 'site', { metadata: { name: 'site' } }),
  );
  return { chart, credential };
}

/** A Job whose pod comes to its end by itself. */
function jobObjects(): KubernetesObject[] {
  const { chart, credential } = newSite();
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: 'job' } });
  const job = new kplus.Job(chart, 'Job', {
    metadata: { name: 'job' },
    terminationGracePeriod: Duration.seconds(5),
    containers: [
      {
        name: 'application',
        image: BUSYBOX_IMAGE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['true'],
        resources: { cpu: { request: kplus.Cpu.millis(10) } },
        securityContext: { user: 1000 },
      },
    ],
  });
  new MultisiteInit(chart, 'Init', { pod: job, configMap, credential, ...SIDECAR });
  return manifests(chart);
}

async function podOf(selector: string): Promise<V1Pod> {
  const args = ['get', 'pods', '-n', NAMESPACE, '-l', selector, '-o', 'json'];
  const { items }: V1PodList = JSON.parse(await kubectl(args));
  const [pod] = items;
  if (pod === undefined) {
    throw new Error(`there is no pod with ${selector}`);
  }
  return pod;
}

const sidecarOf = ({ status }: V1Pod): V1ContainerStatus | undefined => status?.initContainerStatuses?.[0];
const applicationOf = ({ status }: V1Pod): V1ContainerStatus | undefined => status?.containerStatuses?.[0];

function apply(objects: readonly KubernetesObject[]): Promise<string> {
  return kubectl(APPLY, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}

test('8: a sidecar writes the entry before the application starts, and keeps it fresh', async () => {
  const { chart, credential } = newSite();
  addApplication(chart, 'sidecar', { credential, ...SIDECAR });
  await apply(manifests(chart));
  const pod = await runningPod(NAMESPACE, 'sidecar');
  expect(pod.spec?.containers.map(({ name }) => name)).toEqual(['application']);
  expect(sidecarOf(pod)).toMatchObject({ started: true, ready: true, restartCount: 0 });
  const written = await readDocument(NAMESPACE, 'sidecar');
  expect(await whoIs(tokenOf(written))).toBe(SITE);
  await untilKubeconfig(pod);
  expect(await execIn(pod, 'cat', KUBECONFIG)).toBe(written);

  const remove = JSON.stringify([{ op: 'remove', path: '/data/kubeconfig' }]);
  await kubectl(['patch', 'configmap', 'sidecar', '-n', NAMESPACE, '--type=json', `--patch=${remove}`]);
  const again = () => readDocument(NAMESPACE, 'sidecar');
  await vi.waitFor(async () => expect(await whoIs(tokenOf(await again()))).toBe(SITE), POD_WITHIN);
});

test('8: the application waits as long as the entry cannot be written; then a Job completes, its sidecar last', async () => {
  const objects = jobObjects();
  const binding = objects.filter(({ kind }) => kind === 'RoleBinding');
  await apply(objects.filter(({ kind }) => kind !== 'RoleBinding'));
  await vi.waitFor(async () => {
    const pod = await podOf('job-name=job');
    // 4: without its rights, for which it waits ten seconds.
    expect(sidecarOf(pod)?.lastState?.terminated?.exitCode).toBe(4);
    expect(applicationOf(pod)?.state?.waiting?.reason).toBe('PodInitializing');
  }, POD_WITHIN);

  await apply(binding);
  await kubectl(['wait', '--for=condition=complete', '-n', NAMESPACE, 'job/job', '--timeout=120s']);
  const pod = await podOf('job-name=job');
  const [sidecar, application] = [sidecarOf(pod), applicationOf(pod)].map(
    (status) => status?.state?.terminated,
  );
  expect([sidecar?.exitCode, application?.exitCode]).toEqual([0, 0]);
  const ends = [application, sidecar].map((ended) => Date.parse(`${ended?.finishedAt}`));
  expect(ends).toEqual(ends.toSorted((one, other) => one - other));
  expect(await whoIs(tokenOf(await readDocument(NAMESPACE, 'job')))).toBe(SITE);
});
