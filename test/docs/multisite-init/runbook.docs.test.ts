import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import type { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { freePort } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../../src/index.ts';
import { initContainer } from '../../../start/init-program.ts';
import { REPORTS, reportsChart } from '../../e2e/reports.ts';
import { readRunbook } from '../../e2e/runbook.ts';
import { newChart, yaml } from '../../src/manifests.ts';
import { openBook } from '../book.ts';
import { codes, table } from '../tables.ts';
import {
  CONFIG_MAP,
  createWorld,
  MANAGER,
  managerIn,
  managersPod,
  NAMESPACE,
  runInit,
  type World,
} from '../two-clusters.ts';

const RUNBOOK = 'docs/multisite-init/runbook.md';
const SITE = `${MANAGER}-site`;
const POD = `${MANAGER}-0`;

test('the commands of the runbook show what it says, in its order', async () => {
  const book = await openBook(RUNBOOK);
  const world = await createWorld();
  const { desk } = world;
  await runInit(world);
  await registerEdge(world);

  const managers = book.take('sh', `namespace=${NAMESPACE}\n`);
  const own = book.take('sh', `namespace=${REPORTS}\n`);
  const derived = book.take('sh', 'pod() {');
  await expectManagersVariables(world, managers + derived);
  await expectOwnVariables(world, own, derived);

  const variables = managers + derived;
  await desk.type(variables + book.take('sh', '> sites\n'));
  await expectSymptomsShown(world, variables);
  await desk.type(book.take('sh', 'rm sites\n'));
  await expectFailuresTakeNames(world, variables);

  // The refresher's own view.
  const status = book.take('sh', 'curl --silent localhost:9779/metrics');
  const { port } = await startManagersRefresher(world);
  const shown = await desk.type(status.replaceAll('9779', String(port)));
  expect(shown).toMatch(/^ok$/m);
  expect(shown).toMatch(/^multisite_init_last_success_timestamp_seconds \d/m);
  await expectNoKubelet(world, variables + book.take('sh', 'port-forward'));

  expect(book.rest('sh', 'yaml')).toEqual([]);
}, 300_000);

/** Writes the other site's entry, as somebody may by hand. */
async function registerEdge({ desk, edge }: World): Promise<void> {
  await desk.write('edge.token', edge.user.token);
  await desk.write('edge-ca.crt', edge.ca);
  await desk.type(
    `multisite-init --namespace=${NAMESPACE} --location=edge --user=edge --token-source=file --token-file=edge.token \
      --server=${edge.server} --ca-file=edge-ca.crt --target-kubeconfig=$HOME/.kube/config --target-context=central`,
  );
}

/** What the runbook tells the manager's operator is what the manager's manifests have, and what its commands find there. */
async function expectManagersVariables(world: World, script: string): Promise<void> {
  const { metadata, spec } = await managerIn(world);
  const { containers = [], volumes = [], serviceAccountName } = spec?.template.spec ?? {};
  const [container, refresher] = containers;
  const argument = (flag: string) =>
    refresher?.args?.find((arg) => arg.startsWith(`--${flag}=`))?.replace(`--${flag}=`, '');
  const volume = volumes.find(({ name }) => name === 'kubeconfig');
  const told = await toldVariables('for Cloudify Manager');
  expect(told).toEqual({
    namespace: metadata?.namespace,
    deployment: metadata?.name,
    location: argument('location'),
    site: argument('service-account'),
    account: serviceAccountName,
    document: `configmap/${volume?.configMap?.name}`,
    folder: container?.volumeMounts?.find(({ name }) => name === volume?.name)?.mountPath,
  });
  expect(await variablesAfter(world, script)).toEqual(told);
}

/** The same commands find the names of other charts, of one with a Secret and without a namespace of its own, too. */
async function expectOwnVariables(world: World, own: string, derived: string): Promise<void> {
  const { desk } = world;
  await desk.write('reports.yaml', yaml(reportsChart()));
  await desk.write('auditor.yaml', yaml(auditorChart()));
  await desk.type(`kubectl create namespace ${REPORTS}
    kubectl -n ${REPORTS} apply -f reports.yaml -f auditor.yaml`);
  const told = await toldVariables('in the first chart');
  expect(await variablesAfter(world, own + derived)).toEqual(told);

  const auditor = own.replace(`deployment=${REPORTS}`, 'deployment=auditor') + derived;
  expect(await variablesAfter(world, auditor)).toEqual({
    ...told,
    deployment: 'auditor',
    account: 'auditor-multisite',
    document: `secret/${MultisiteKubeconfig.DEFAULT_SECRET_NAME}`,
    folder: '/etc/auditor',
  });
  const shown = await desk.type(`${auditor}\necho "\${flags[0]}"; echo dGV4dA== | decode`);
  expect(shown).toBe(`--namespace=${REPORTS}\ntext`);
}

/** Reads the kubeconfig in a Secret; whoever applies it chooses the namespace. */
function auditorChart(): Chart {
  const chart = newChart(undefined);
  const secret = MultisiteKubeconfig.secret(chart, 'Kubeconfig');
  const pod = new kplus.Deployment(chart, 'Deployment', {
    metadata: { name: 'auditor' },
    replicas: 1,
    containers: [{ name: 'auditor', image: 'registry.example/auditor:1.0' }],
  });
  const site = kplus.ServiceAccount.fromServiceAccountName(chart, 'Site', 'reports-site');
  const credential = SiteCredential.requested(site);
  new MultisiteInit(chart, 'Init', {
    pod,
    secret,
    location: 'berlin',
    user: 'berlin',
    credential,
    refresh: true,
  });
  const volume = kplus.Volume.fromSecret(chart, 'Volume', secret);
  pod.containers[0]?.mount('/etc/auditor', volume, { readOnly: true });
  return chart;
}

async function toldVariables(column: string): Promise<Record<string, string>> {
  const rows = await table(RUNBOOK, 'variable');
  return Object.fromEntries(rows.map((row) => [codes(row.variable)[0] ?? '', codes(row[column])[0] ?? '']));
}

async function variablesAfter({ desk }: World, script: string): Promise<Record<string, string>> {
  const names = Object.keys(await toldVariables('for Cloudify Manager'));
  const values = await desk.type(`${script}\nprintf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`);
  return Object.fromEntries(names.map((name, index) => [name, values.split('\n')[index] ?? '']));
}

async function startManagersRefresher(world: World): Promise<{ port: number }> {
  const { spec } = await managerIn(world);
  const container = spec?.template.spec?.containers.find(({ name }) => name.endsWith('-refresh'));
  if (!container) {
    throw new Error('the manager has no refresher');
  }
  const port = await freePort();
  const running = (await managersPod(world)).start(container, { '9779': String(port) });
  await running.said(/^(wrote|nothing to do)/);
  return { port };
}

/**
 * No kubelet runs here: kubectl and the API server accept what asks for one up to the point where its node is not there,
 * or where the pod would have to run.
 */
async function expectNoKubelet({ desk }: World, script: string): Promise<void> {
  await expect(desk.type(script), script).rejects.toThrow(NO_KUBELET);
}

const NO_KUBELET = /(nodes|pods) "no-node" not found|pod is not running. Current status=Pending/;

/** The pod of the manager, whose init container has failed as its status says. */
async function createFailedPod(world: World): Promise<void> {
  const deployment = await managerIn(world);
  const { metadata, spec } = deployment.spec?.template ?? {};
  const terminationLog = join(world.desk.folder, 'termination-log');
  await writeFile(terminationLog, '');
  const pod = await managersPod(world, terminationLog);
  const failing = pod.start(initContainer(deployment), { [CONFIG_MAP]: 'another' });
  const exitCode = (await failing.ended) ?? 0;
  const message = await readFile(terminationLog, 'utf8');
  expect({ exitCode, message }).toEqual({
    exitCode: 4,
    message: expect.stringMatching(/\nApply the manifests, .*: kubectl create role .*another/),
  });

  const core = world.centralAdmin.makeApiClient(CoreV1Api);
  const body: V1Pod = {
    metadata: { name: POD, ...(metadata?.labels && { labels: metadata.labels }) },
    ...(spec && { spec: { ...spec, nodeName: 'no-node' } }),
  };
  const created = await core.createNamespacedPod({ namespace: NAMESPACE, body });
  const container = { name: 'multisite-init', image: 'i', imageID: 'i', ready: false, restartCount: 1 };
  const lastState = { terminated: { exitCode, reason: 'Error', message } };
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const status = { phase: 'Pending', initContainerStatuses: [{ ...container, state, lastState }] };
  await core.replaceNamespacedPodStatus({ namespace: NAMESPACE, name: POD, body: { ...created, status } });
}

const ERASED = 'no site is left, because somebody erased the kubeconfig';

/** What each command of the table shows, by the symptom; what wants a kubelet shows that there is none. */
const SHOWS: Readonly<Record<string, RegExp | 'no kubelet'>> = {
  'the pod stays in `Init:Error` or `Init:CrashLoopBackOff`':
    /Last State: +Terminated\n +Reason: +Error\n +Message: +forbidden \(403\): .* may not get configmaps "another"[\s\S]*Exit Code: +4/,
  'as above, but only the message':
    /^forbidden \(403\): .* may not get configmaps "another".*\nApply the manifests, .*: kubectl create role /,
  'the message is not enough': 'no kubelet',
  'the pod stays in `Init:0/1`, with a log': 'no kubelet',
  'the pod stays in `Init:0/1`, without a log': /^LAST SEEN[\s\S]*FailedMount/,
  'the pod does not appear, or stays in `Pending` or `ContainerCreating`': /^LAST SEEN[\s\S]*FailedMount/,
  'the pod stays in `Init:ErrImagePull` or `Init:ImagePullBackOff`': /^LAST SEEN[\s\S]*Failed to pull image/,
  'exit code 4 (403)': /^yes\n$/,
  'exit code 4 (403) when it requests a token': /^yes\n$/,
  [ERASED]: /^CURRENT +NAME +CLUSTER +AUTHINFO +NAMESPACE *\n$/,
  'a site is missing': /central[\s\S]*edge/,
  'readers get 401': new RegExp(`system:serviceaccount:${NAMESPACE}:${SITE}`),
  'readers get 403': /selfsubjectreviews/,
  'readers get a certificate error, or no answer': /server: https:\/\/127\.0\.0\.1:\d+[\s\S]*token: REDACTED/,
  'readers have an old token': 'no kubelet',
  'the refresher is not ready, or an alert fires': 'no kubelet',
  'you ask what the program would change': /^nothing to do: context "central"/,
  'you ask whether the written entry works': new RegExp(`^verified: .*${NAMESPACE}:${SITE}$`, 'm'),
  'the entry keeps changing (`writes_total` grows)': /^cdk8s-multisite Update \d{4}-\S+ .*f:kubeconfig/m,
};

async function expectSymptomsShown(world: World, variables: string): Promise<void> {
  const { desk } = world;
  await createFailedPod(world);
  await createWarning(world, 'FailedMount', 'MountVolume.SetUp failed');
  await createWarning(
    world,
    'Failed',
    'Failed to pull image "ghcr.io/cdk8s-multisite/multisite:0.1.0": not found',
  );
  await runInit(world);
  const pod = await managersPod(world);
  const rows = await table(RUNBOOK, 'symptom');
  expect(rows.map(({ symptom }) => symptom)).toEqual(Object.keys(SHOWS));
  for (const { symptom = '', command = '' } of rows) {
    const [typed = ''] = codes(command);
    const shows = SHOWS[symptom] ?? /^$/;
    const [, inContainer] = /^kubectl -n \$namespace exec .* -- (multisite-init .*)$/.exec(typed) ?? [];
    if (inContainer !== undefined || shows === 'no kubelet') {
      await expectNoKubelet(world, variables + typed);
    }
    if (shows === 'no kubelet') {
      continue;
    }
    const erased = symptom === ERASED ? 'mkdir erased && cd erased && : > sites\n' : '';
    const output = await desk.type(
      variables + erased + (inContainer ?? typed),
      inContainer === undefined ? {} : pod.env,
    );
    expect(output, typed).toMatch(shows);
  }
}

/** What the failures' commands read, they read of the manager, too; test/e2e types all of them for the first chart of docs/constructs.md. */
async function expectFailuresTakeNames({ desk }: World, variables: string): Promise<void> {
  const { failures } = await readRunbook();
  const steps = [...failures.values()].flatMap(({ seen, mended }) => [...seen, ...mended]);
  const reading = steps.filter(({ command }) => /^kubectl -n \$namespace (get|describe|auth) /.test(command));
  const commands = new Set(reading.map(({ command }) => command));
  expect(commands.size).toBeGreaterThan(4);
  for (const command of commands) {
    await desk.type(variables + command);
  }
}

/** As the kubelet says it. */
async function createWarning({ centralAdmin }: World, reason: string, message: string): Promise<void> {
  const namespace = NAMESPACE;
  await centralAdmin.makeApiClient(CoreV1Api).createNamespacedEvent({
    namespace,
    body: {
      metadata: { generateName: 'warning-' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: POD, namespace },
      type: 'Warning',
      reason,
      message,
      lastTimestamp: new Date(),
    },
  });
}
