import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1Deployment,
  type V1Pod,
  type V1Secret,
} from '@kubernetes/client-node';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type ControlPlaneFacts, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { only } from '../../start/manifests.ts';
import { requestToken } from '../../start/service-account.ts';
import { admin } from '../support/admin.ts';
import { outerAddress, startFront } from '../support/tls-front.ts';
import { openBook } from './book.ts';
import { type Access, adminOf, type Desk, sitDown } from './desk.ts';
import { podOf, secretVolume } from './pods.ts';
import { snippetsOf } from './snippets.ts';
import { codes, table } from './tables.ts';

const OPERATIONS = 'docs/operations.md';
const NAMESPACE = 'cloudify';
const CONFIG_MAP = 'multisite-kubeconfig-configmap';
const SITE = 'dcae-cloudify-manager-site';

/** Two clusters: `central` is of this test alone, `edge` and `harbour` are the one that the run shares. */
interface World {
  readonly central: ControlPlaneFacts;
  readonly centralAdmin: KubeConfig;
  /** Where readers reach edge and harbour: not on loopback, which --server refuses. */
  readonly edge: Access;
  readonly desk: Desk;
  document(): Promise<string | undefined>;
  /** The contexts of the document. */
  sites(): Promise<string[]>;
}

async function createWorld(): Promise<World> {
  const central = await startControlPlane({ controllers: true });
  onTestFinished(() => central.stop());
  const centralAdmin = new KubeConfig();
  centralAdmin.loadFromFile(central.kubeconfig);
  const front = await startFront(outerAddress());
  const edge = { server: front.url, ca: front.ca, user: { token: await edgeAdmin() } };
  const desk = await sitDown({ central: adminOf(central), edge, harbour: edge });
  await desk.type('kubectl apply -f dist/');
  const core = centralAdmin.makeApiClient(CoreV1Api);
  const document = async () =>
    (await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: CONFIG_MAP })).data?.kubeconfig;
  const sites = async () => contextsOf((await document()) ?? '');
  return { central, centralAdmin, edge, desk, document, sites };
}

/** The front takes no client certificates along. */
async function edgeAdmin(): Promise<string> {
  const kubeConfig = admin();
  const name = `docs-${randomBytes(4).toString('hex')}`;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name } } });
  await kubeConfig.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
    },
  });
  return requestToken(kubeConfig, 'default', name);
}

function contextsOf(document: string): string[] {
  return (parse(document)?.contexts ?? []).map(({ name }: { name: string }) => name).sort();
}

const until = (condition: () => Promise<void> | void) =>
  vi.waitFor(condition, { timeout: 20_000, interval: 50 });

async function manager({ desk }: World): Promise<V1Deployment> {
  const json = await desk.type(`kubectl -n ${NAMESPACE} get deployment dcae-cloudify-manager -o json`);
  return JSON.parse(json);
}

/** What the runbook tells to read for the manager is what the manager's manifests have. */
async function expectManagerInRunbook({ metadata, spec }: V1Deployment): Promise<void> {
  const { containers = [], serviceAccountName } = spec?.template.spec ?? {};
  const [container, refresher] = containers;
  const rows = await table(OPERATIONS, 'in the runbook');
  expect(rows.map((row) => codes(row['for the manager']).join())).toEqual([
    metadata?.namespace,
    metadata?.name,
    serviceAccountName,
    container?.name,
    container?.volumeMounts?.find(({ name }) => name === 'kubeconfig')?.mountPath,
    refresher?.args?.find((arg) => arg.startsWith('--location='))?.replace('--location=', ''),
  ]);
}

/** Runs the manager's init container to its end. */
async function runInit(world: World): Promise<void> {
  const deployment = await manager(world);
  const pod = await podOf(world.central, world.centralAdmin, NAMESPACE, podAccount(deployment));
  expect(await pod.start(initContainer(deployment)).ended).toBe(0);
}

test('the commands and manifests of docs/operations.md do what it says, in its order', async () => {
  const book = await openBook(OPERATIONS);
  const world = await createWorld();
  const { desk, document, sites } = world;
  await runInit(world);
  await expectManagerInRunbook(await manager(world));

  await desk.write('rbac.yaml', book.take('yaml', '# rbac.yaml\n'));
  await desk.type('kubectl create namespace reports && kubectl apply --validate=strict -f rbac.yaml');

  // A site that registers itself.
  await desk.write('central.yaml', book.take('yaml', '# central.yaml\n'));
  const giveIdentity = book.take('sh', 'apply -f central.yaml');
  expect(await desk.type(giveIdentity)).toMatch(/^yes$/m);
  const edgeYaml = book.take('yaml', '# edge.yaml\n');
  await desk.write('edge.yaml', edgeYaml);
  await desk.type(
    'kubectl --context edge label namespace multisite pod-security.kubernetes.io/enforce=restricted',
  );
  await desk.type(book.take('sh', 'apply -f edge.yaml'));
  await expectAdmitted(world, edgeYaml);
  const edge = await startEdge(world, edgeYaml);
  await until(async () => expect(await sites()).toEqual(['central', 'edge']));

  // The kubeconfig in a Secret.
  await desk.write('secret.yaml', book.take('yaml', '# secret.yaml\n'));
  await desk.type(book.take('sh', 'apply -f secret.yaml'));
  const secret: V1Secret = JSON.parse(
    await desk.type(`kubectl -n ${NAMESPACE} get secret multisite-kubeconfig-secret -o json`),
  );
  expect(Buffer.from(secret.data?.kubeconfig ?? '', 'base64').toString()).toBe(await document());

  // A site added and removed by hand.
  const add = book.take('sh', '--location=harbour');
  const planned = await desk.type(add.replace('--verify', '--dry-run'));
  expect(planned).toContain('dry run: nothing was written');
  expect(await sites()).toEqual(['central', 'edge']);
  const before = (await document()) ?? '';
  expect(await desk.type(add.replace(/create (namespace|serviceaccount)/g, 'get $1'))).toContain(
    'verified: it authenticates as system:serviceaccount:multisite-harbour:site',
  );
  expect(await sites()).toEqual(['central', 'edge', 'harbour']);
  const after = (await document())?.split('\n') ?? [];
  expect(after).toEqual(expect.arrayContaining(before.split('\n')));
  const remove = book.take('sh', 'delete-context harbour');
  await desk.type(remove);
  expect(await sites()).toEqual(['central', 'edge']);
  await desk.type(book.take('sh', 'delete serviceaccount site'));

  // Erased, and brought back.
  const backUp = book.take('sh', '> sites.backup');
  await desk.type(backUp);
  const kept = (await document()) ?? '';
  await desk.type('kubectl replace -f dist/ --save-config');
  expect(await sites()).not.toContain('central');
  await until(async () => expect(await sites()).toEqual(['edge']));
  expect(await edge.stop()).toBe(0);
  const putBack = book.take('sh', '--from-file=kubeconfig=sites.backup');
  await desk.type(putBack);
  expect(await document()).toBe(kept);
  await desk.type('kubectl apply -f dist/');
  expect(await document()).toBe(kept);

  await expectSymptomsShown(world, book.take('sh', 'manager=deployment/dcae-cloudify-manager'));

  await expectTokensEnd(world);

  // The refresher's own view.
  const status = book.take('sh', 'curl --silent localhost:9779/metrics');
  const { port } = await startManagersRefresher(world);
  const shown = await desk.type(status.replaceAll('9779', String(port)));
  expect(shown).toMatch(/^ok$/m);
  expect(shown).toMatch(/^multisite_init_last_success_timestamp_seconds \d/m);
  await expectNoKubelet(world, book.take('sh', 'port-forward'));
  await desk.type(book.take('sh', 'rm sites\n'));
  await desk.type('test -s sites.backup');

  // What would disturb the rest: another identity for edge, and the same once more with the Secret.
  await desk.type(book.take('sh', 'delete secret edge-registrar-token'));
  const again = giveIdentity.replace('create namespace', 'get namespace');
  expect(await desk.type(again)).toMatch(/^yes$/m);

  await expectSameForSecret(world, { backUp, remove: remove.replaceAll('harbour', 'edge'), putBack });

  expect(book.rest('sh', 'yaml')).toEqual([]);
}, 300_000);

/** What the page has for the ConfigMap works for the Secret, with the changes that its table says. */
async function expectSameForSecret(
  { desk }: World,
  scripts: Readonly<Record<'backUp' | 'remove' | 'putBack', string>>,
): Promise<void> {
  const changes = (await table(OPERATIONS, 'written for the ConfigMap')).map((row) =>
    Object.values(row).map((cell) => codes(cell)[0] ?? ''),
  );
  const page = (await snippetsOf(OPERATIONS)).map(({ text }) => text).join('');
  for (const [written = ''] of changes) {
    expect(page).toContain(written);
  }
  const type = (script: string) =>
    desk.type(changes.reduce((text, [from = '', to = '']) => text.replaceAll(from, to), script));
  const inSecret = async () => {
    const json = await desk.type(`kubectl -n ${NAMESPACE} get secret multisite-kubeconfig-secret -o json`);
    return Buffer.from(JSON.parse(json).data.kubeconfig, 'base64').toString();
  };
  const before = await inSecret();
  expect(contextsOf(before)).toEqual(['central', 'edge']);
  await type(scripts.backUp);
  await type(scripts.remove);
  expect(contextsOf(await inSecret())).toEqual(['central']);
  await type(scripts.putBack);
  expect(await inSecret()).toBe(before);
}

/** The commands of docs/security.md end the token that the kubeconfig holds. */
async function expectTokensEnd(world: World): Promise<void> {
  const book = await openBook('docs/security.md');
  const { desk, document } = world;
  const whoAmI = 'kubectl --kubeconfig=before --context=central auth whoami -o name 2>&1';
  await desk.write('before', (await document()) ?? '');
  await desk.type(whoAmI);
  await desk.type(book.take('sh', 'delete serviceaccount'));
  await until(async () => expect(await desk.type(`${whoAmI} || true`)).toMatch(/logged in|Unauthorized/));
  await runInit(world);
  await desk.write('after', (await document()) ?? '');
  await desk.type(whoAmI.replace('before', 'after'));
  expect(book.rest('sh', 'yaml')).toEqual([]);
}

/** The pod of a Deployment is admitted where Pod Security `restricted` is enforced. */
async function expectAdmitted({ desk }: World, manifests: string): Promise<void> {
  const { metadata, spec } = deploymentIn(manifests);
  const pod: V1Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'admitted-', ...(metadata?.namespace && { namespace: metadata.namespace }) },
    ...(spec?.template.spec && { spec: spec.template.spec }),
  };
  await desk.write('pod.json', JSON.stringify(pod));
  await desk.type('kubectl --context edge create --dry-run=server --validate=strict -f pod.json');
}

function deploymentIn(manifests: string): V1Deployment {
  return only(
    parseAllDocuments(manifests).map((one) => one.toJS()),
    'Deployment',
  );
}

/** Runs the container of edge.yaml, with the Secret that the commands made; its address is that of the front. */
async function startEdge({ desk, edge }: World, manifests: string) {
  const container = deploymentIn(manifests).spec?.template.spec?.containers[0];
  if (!container) {
    throw new Error('edge.yaml has no container');
  }
  const secret: V1Secret = JSON.parse(
    await desk.type('kubectl --context edge -n multisite get secret central -o json'),
  );
  const pod = await podOf(inject('controlPlane'), admin(), 'multisite', 'multisite-init');
  const port = await freePort();
  const running = pod.start(
    { ...container, args: [...(container.args ?? []), `--port=${port}`] },
    { 'https://edge.example:6443': edge.server, '/etc/central': await secretVolume(secret.data ?? {}) },
  );
  await running.said(/^wrote context "edge"/);
  return running;
}

async function startManagersRefresher(world: World): Promise<{ port: number }> {
  const deployment = await manager(world);
  const container = deployment.spec?.template.spec?.containers.find(({ name }) => name.endsWith('-refresh'));
  if (!container) {
    throw new Error('the manager has no refresher');
  }
  const pod = await podOf(world.central, world.centralAdmin, NAMESPACE, podAccount(deployment));
  const port = await freePort();
  const running = pod.start(container, { '9779': String(port) });
  await running.said(/^(wrote|nothing to do)/);
  return { port };
}

/**
 * No kubelet runs here: kubectl and the API server accept what asks for one up to the point where its node is not there,
 * or where the pod would have to run.
 */
async function expectNoKubelet({ desk }: World, script: string): Promise<void> {
  const variables = 'manager=deployment/dcae-cloudify-manager\n';
  await expect(desk.type(variables + script), script).rejects.toThrow(NO_KUBELET);
}

const NO_KUBELET = /(nodes|pods) "no-node" not found|pod is not running. Current status=Pending/;

/** The pod of the manager, whose init container has failed as its status says. */
async function createFailedPod(world: World): Promise<string> {
  const deployment = await manager(world);
  const { metadata, spec } = deployment.spec?.template ?? {};
  const terminationLog = join(world.desk.folder, 'termination-log');
  await writeFile(terminationLog, '');
  const account = podAccount(deployment);
  const pod = await podOf(world.central, world.centralAdmin, NAMESPACE, account, terminationLog);
  const failing = pod.start(initContainer(deployment), { [CONFIG_MAP]: 'another' });
  const exitCode = (await failing.ended) ?? 0;
  const message = await readFile(terminationLog, 'utf8');
  expect({ exitCode, message }).toEqual({ exitCode: 4, message: expect.stringMatching(/\nLet .*another/) });

  const core = world.centralAdmin.makeApiClient(CoreV1Api);
  const name = 'dcae-cloudify-manager-0';
  const body: V1Pod = {
    metadata: { name, ...(metadata?.labels && { labels: metadata.labels }) },
    ...(spec && { spec: { ...spec, nodeName: 'no-node' } }),
  };
  const created = await core.createNamespacedPod({ namespace: NAMESPACE, body });
  const container = { name: 'multisite-init', image: 'i', imageID: 'i', ready: false, restartCount: 1 };
  const lastState = { terminated: { exitCode, reason: 'Error', message } };
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const status = { phase: 'Pending', initContainerStatuses: [{ ...container, state, lastState }] };
  await core.replaceNamespacedPodStatus({ namespace: NAMESPACE, name, body: { ...created, status } });
  return message;
}

/** What each command of the table shows, by the symptom; what wants a kubelet shows that there is none. */
const SHOWS: Readonly<Record<string, RegExp | 'no kubelet'>> = {
  'the pod stays in `Init:Error` or `Init:CrashLoopBackOff`':
    /Last State: +Terminated\n +Reason: +Error\n +Message: +forbidden \(403\): .* may not get configmaps "another"[\s\S]*Exit Code: +4/,
  'the same, only the message': /^forbidden \(403\): .* may not get configmaps "another".*\nLet /,
  'the message is not enough': 'no kubelet',
  'the pod stays in `Init:0/1`': 'no kubelet',
  'the pod does not appear, or stays in `Pending` or `ContainerCreating`': /^LAST SEEN[\s\S]*FailedMount/,
  'the pod stays in `Init:ErrImagePull` or `Init:ImagePullBackOff`': /^LAST SEEN[\s\S]*Failed to pull image/,
  'exit code 4 (403)': /^yes\n$/,
  'exit code 4 (403) when it requests a token': /^yes\n$/,
  'a site is missing': /central[\s\S]*edge/,
  'readers get 401': new RegExp(`system:serviceaccount:${NAMESPACE}:${SITE}`),
  'readers get 403': /selfsubjectreviews/,
  'readers get a certificate error, or no answer': /server: https:\/\/127\.0\.0\.1:\d+[\s\S]*token: REDACTED/,
  'readers have an old token': 'no kubelet',
  'the refresher is not ready, or an alert fires': 'no kubelet',
  'what would the program change?': /^nothing to do: context "central"/,
  'is what is written any good?': new RegExp(`^verified: .*${NAMESPACE}:${SITE}$`, 'm'),
  'the entry keeps changing (`writes_total` grows)': /^cdk8s-multisite Update \d{4}-\S+ .*f:kubeconfig/m,
};

async function expectSymptomsShown(world: World, preparation: string): Promise<void> {
  const { desk } = world;
  await createFailedPod(world);
  await createWarning(world, 'FailedMount', 'MountVolume.SetUp failed');
  await createWarning(
    world,
    'Failed',
    'Failed to pull image "ghcr.io/cdk8s-multisite/multisite:0.1.0": not found',
  );
  await runInit(world);
  await desk.type(preparation);
  const deployment = await manager(world);
  const pod = await podOf(world.central, world.centralAdmin, NAMESPACE, podAccount(deployment));
  const rows = await table(OPERATIONS, 'symptom');
  expect(rows.map(({ symptom }) => symptom)).toEqual(Object.keys(SHOWS));
  for (const { symptom = '', command = '' } of rows) {
    const [typed = ''] = codes(command);
    const shows = SHOWS[symptom] ?? /^$/;
    const [, inContainer] = /^kubectl -n cloudify exec .* -- (multisite-init .*)$/.exec(typed) ?? [];
    if (inContainer !== undefined || shows === 'no kubelet') {
      await expectNoKubelet(world, typed);
    }
    if (shows === 'no kubelet') {
      continue;
    }
    const variables = preparation.match(/^\w+=.*$/gm)?.join('\n');
    const output = await desk.type(
      inContainer === undefined ? `${variables}\n${typed}` : inContainer,
      inContainer === undefined ? {} : pod.env,
    );
    expect(output, typed).toMatch(shows);
  }
}

/** As the kubelet says it. */
async function createWarning({ centralAdmin }: World, reason: string, message: string): Promise<void> {
  const namespace = NAMESPACE;
  await centralAdmin.makeApiClient(CoreV1Api).createNamespacedEvent({
    namespace,
    body: {
      metadata: { generateName: 'warning-' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'dcae-cloudify-manager-0', namespace },
      type: 'Warning',
      reason,
      message,
      lastTimestamp: new Date(),
    },
  });
}
