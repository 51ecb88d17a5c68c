import type { V1Deployment } from '@kubernetes/client-node';
import { type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { MultisiteInitJob, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { only } from '../../start/manifests.ts';
import { openBook } from '../docs/book.ts';
import { adminOf, sitDown } from '../docs/desk.ts';
import { APPLY, canI, createNamespace, kubectl } from '../src/kubectl.ts';
import { newChart, yaml } from '../src/manifests.ts';
import { POD_WITHIN } from './running-pods.ts';
import { runInSecondSite, startSecondSite } from './second-site.ts';
import { readDocument, tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

/** As the commands of docs/multisite-init/tasks.md have it. */
const NAMESPACE = 'cloudify';
const SITE = `system:serviceaccount:${NAMESPACE}:site`;

beforeAll(async () => {
  await createNamespace(NAMESPACE);
  await kubectl(APPLY, yaml(await chartOfAll()));
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE]));

/** The Job, and a pod that has the ConfigMap mounted and kubectl to read it. */
async function chartOfAll(): Promise<Chart> {
  const chart = newChart(NAMESPACE);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
  const rights = new kplus.Role(chart, 'Rights');
  rights.allowRead(kplus.ApiResource.PODS);
  rights.bind(site);
  new MultisiteInitJob(chart, 'Init', {
    configMap,
    credential: SiteCredential.requested(site, { expiration: Duration.days(30) }),
    ttlAfterFinished: Duration.seconds(5),
    metadata: { name: 'register' },
  });
  const reader = new kplus.Pod(chart, 'Reader', {
    metadata: { name: 'reader' },
    terminationGracePeriod: Duration.seconds(0), // busybox as process 1 hears no SIGTERM
    containers: [
      {
        image: BUSYBOX_IMAGE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['sleep', '1d'],
        resources: { cpu: { request: kplus.Cpu.millis(10) } },
        securityContext: { user: 1000 },
      },
    ],
  });
  const path = await kubernetesBinary('kubectl');
  const program = kplus.Volume.fromHostPath(chart, 'Kubectl', 'kubectl', { path });
  const kubeconfig = kplus.Volume.fromConfigMap(chart, 'KubeconfigVolume', configMap);
  reader.containers[0]?.mount('/bin/kubectl', program, { readOnly: true });
  reader.containers[0]?.mount('/etc/multisite', kubeconfig, { readOnly: true });
  return chart;
}

/** Runs kubectl in the reader's pod, with the kubeconfig that is mounted there. */
function readerTypes(...args: string[]): Promise<string> {
  const command = ['kubectl', '--kubeconfig=/etc/multisite/kubeconfig', ...args];
  return kubectl(['exec', '-n', NAMESPACE, 'reader', '--', ...command]);
}

async function expectReaderSees(...contexts: string[]): Promise<void> {
  await vi.waitFor(async () => {
    const names = await readerTypes('config', 'get-contexts', '-o', 'name');
    expect(names.split('\n').filter((name) => name !== '')).toEqual(contexts);
  }, POD_WITHIN);
}

test('6: the Job completes, and is removed with its pod', async () => {
  const job = ['-n', NAMESPACE, 'job/register', '--timeout=120s'];
  await kubectl(['wait', '--for=condition=complete', ...job]);
  await kubectl(['wait', '--for=delete', ...job]);
  await vi.waitFor(async () => {
    const pods = await kubectl(['get', 'pods', '-n', NAMESPACE, '-l', 'job-name=register', '-o', 'name']);
    expect(pods).toBe('');
  }, POD_WITHIN);
});

test('6: its entry still works, inside the cluster and outside', async () => {
  await expectReaderSees('central');
  expect(await readerTypes('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe(SITE);
  expect(await readerTypes('get', 'pods', '-n', NAMESPACE, '-o', 'name')).toBe('pod/reader\n');
  expect(await whoIs(tokenOf(await readDocument(NAMESPACE)))).toBe(SITE);
});

test('6: a second site registers itself, by the commands and the rights of tasks.md', async () => {
  const before = await readDocument(NAMESPACE);
  const site = await startSecondSite();
  const desk = await sitDown({ central: adminOf(inject('node')), edge: site.access });
  const book = await openBook('docs/multisite-init/tasks.md');
  const names = book.take('sh', 'namespace=cloudify\n') + book.take('sh', 'decode() {');
  const type = (script: string) => desk.type(names + script);
  await desk.write('central.yaml', book.take('yaml', '# central.yaml\n'));
  await type(book.take('sh', 'apply -f central.yaml'));
  expect(await type(book.take('sh', 'auth can-i patch'))).toMatch(/^yes$/m);
  const manifests = book.take('yaml', '# edge.yaml\n');
  await desk.write('edge.yaml', manifests);
  await type(book.take('sh', 'apply -f edge.yaml'));

  const running = await runInSecondSite(site, containerIn(manifests), {
    namespace: 'multisite',
    serviceAccount: 'multisite-init',
    secret: { mountPath: '/etc/central', name: 'central' },
    server: { written: 'https://edge.example:6443', real: site.access.server },
  });
  // Whichever comes first: one that ended would not write any more.
  await Promise.race([expectReaderSees('central', 'edge'), running.ended.then(failed)]);

  const lines = (await readDocument(NAMESPACE)).split('\n');
  expect(lines).toEqual(expect.arrayContaining(before.split('\n')));
  await desk.write('sites', await readDocument(NAMESPACE));
  const whoAmI = 'auth whoami -o jsonpath={.status.userInfo.username}';
  expect(await desk.type(`kubectl --kubeconfig=sites --context=edge ${whoAmI}`)).toBe(
    'system:serviceaccount:multisite:edge-site',
  );
  expect(await readerTypes('--context=central', ...whoAmI.split(' '))).toBe(SITE);

  const registrar = `--as=system:serviceaccount:${NAMESPACE}:edge-registrar`;
  expect(await canI(['list', 'configmaps', '-n', NAMESPACE, registrar])).toBe(false);
  expect(await canI(['get', 'secrets', '-n', NAMESPACE, registrar])).toBe(false);
  expect(await running.stop()).toMatchObject({ exitCode: 0 });
});

function containerIn(manifests: string) {
  const objects = parseAllDocuments(manifests).map((one) => one.toJS());
  const deployment: V1Deployment = only(objects, 'Deployment');
  const container = deployment.spec?.template.spec?.containers[0];
  if (!container) {
    throw new Error('edge.yaml has no container');
  }
  return container;
}

function failed({ exitCode, stderr }: { exitCode: number | null; stderr: string }): never {
  throw new Error(`the second site's program ended with ${exitCode}: ${stderr}`);
}
