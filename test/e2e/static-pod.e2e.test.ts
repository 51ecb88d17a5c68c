import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CoreV1EventList, V1Pod, V1PodList } from '@kubernetes/client-node';
import { App, Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { MANIFEST_FOLDER } from '../../devcluster/node/kubelet.ts';
import { HoldPods, Metainit, MetainitStaticPod } from '../../src/index.ts';
import { APPLY, canI, createNamespace, kubectl } from '../src/kubectl.ts';
import { newChart, yaml } from '../src/manifests.ts';
import { killServicesAndContainers } from './kill-in-node.ts';
import { POD_WITHIN, podsOf, runningPods } from './running-pods.ts';
import {
  KUBERNETES_FOLDER,
  metricOnNode,
  onMachine,
  onNode,
  readyMirrorPod,
  removeStaticPod,
  renewCertificate,
  writeKubeadmFolder,
} from './static-pod.ts';

// One deadlock: each test goes on with what the one before has left.

const NAMESPACE = 'e2e-static-pod';
const HELD = { 'e2e-static-pod': 'held' };
const GATE = 'example.com/hold';
/** The label of the pods that the controller releases. */
const APPROVED = 'example.com/approved';
const STATIC_POD = 'metainit-static-pod';
const PODS = ['pods', '-n', NAMESPACE];
const EXPIRY = 'client_certificate_expiration_timestamp_seconds';

const manifests = new Chart(new App(), 'manifests');
const rights = newChart(undefined, new App(), 'rights');
const metainit = new MetainitStaticPod(rights, 'Metainit', { manifestChart: manifests });

/** The controller that releases approved pods. Its own pods are held too, and have metainit's label. */
function controllerChart(): { chart: Chart; controller: Metainit } {
  const chart = newChart(undefined, new App(), 'controller');
  const controller = new Metainit(chart, 'Controller', {
    label: APPROVED,
    gates: [GATE],
    namespaceName: NAMESPACE,
    createNamespace: false,
    namespaces: [NAMESPACE],
    metadata: { name: 'controller' },
  });
  Metainit.addLabel(controller.deployment);
  return { chart, controller };
}

const { chart: controllerObjects, controller } = controllerChart();

function holdChart(): Chart {
  const chart = newChart(undefined, new App(), 'hold');
  new HoldPods(chart, 'Hold', {
    gate: GATE,
    namespaces: kplus.Namespaces.select(chart, 'Held', { labels: HELD }),
    metainit,
    mayRemoveGate: [controller.serviceAccount],
    maySetLabel: [kplus.Group.fromName(chart, 'Admins', 'system:masters')],
    kubernetesVersion: '1.36',
    metadata: { name: NAMESPACE },
  });
  return chart;
}

const hold = holdChart();

function applicationChart(name: string): Chart {
  const chart = newChart(NAMESPACE, new App(), name);
  new kplus.Deployment(chart, 'Application', {
    metadata: { name },
    podMetadata: { labels: { [APPROVED]: '' } },
    replicas: 2,
    terminationGracePeriod: Duration.seconds(0),
    containers: [
      {
        name: 'application',
        image: BUSYBOX_IMAGE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['sleep', '1d'],
        resources: { cpu: { request: kplus.Cpu.millis(10) } },
        securityContext: { user: 1000 },
      },
    ],
  });
  return chart;
}

async function pods(): Promise<V1Pod[]> {
  const { items }: V1PodList = JSON.parse(await kubectl(['get', ...PODS, '-o', 'json']));
  return items;
}

beforeAll(async () => {
  await createNamespace(NAMESPACE, HELD);
  await kubectl(APPLY, yaml(hold));
  // The API server uses a policy a moment after its creation.
  const trial = ['run', 'trial', '-n', NAMESPACE, '--image=trial', '--dry-run=server', '-o', 'json'];
  await vi.waitFor(async () => {
    const pod: V1Pod = JSON.parse(await kubectl(trial));
    expect(pod.spec?.schedulingGates).toEqual([{ name: GATE }]);
  }, POD_WITHIN);
});

afterAll(async () => {
  await removeStaticPod(STATIC_POD);
  for (const chart of [hold, controllerObjects, rights]) {
    await kubectl(['delete', '--ignore-not-found', '-f', '-'], yaml(chart));
  }
  await kubectl(['delete', 'namespace', NAMESPACE]);
});

test('without metainit the controller is held by the hold that it should lift, and nothing runs', async () => {
  await kubectl(APPLY, yaml(controllerObjects));
  await kubectl(APPLY, yaml(applicationChart('application')));
  await vi.waitFor(async () => {
    const held = await pods();
    expect(held).toHaveLength(4);
    for (const { status } of held) {
      expect(status?.conditions).toEqual([
        expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }),
      ]);
    }
  }, POD_WITHIN);
  // Only the ServiceAccount of the controller and metainit may remove the gate. An administrator may not.
  const [pod] = await pods();
  const removal = JSON.stringify([{ op: 'remove', path: '/spec/schedulingGates' }]);
  await expect(
    kubectl(['patch', 'pod', pod?.metadata?.name ?? '', '-n', NAMESPACE, '--type=json', '-p', removal]),
  ).rejects.toThrow('admin may not remove the scheduling gate');
  expect((await pods()).map(({ status }) => status?.phase)).toEqual(Array(4).fill('Pending'));
});

test('metainit as a static pod starts the controller, and the controller releases the rest', async () => {
  await writeKubeadmFolder();
  expect(await renewCertificate()).toMatch(
    /^metainit-certificate: wrote \/var\/lib\/metainit\/kubeconfig for /,
  );
  await kubectl(APPLY, yaml(rights));
  await writeFile(join(onMachine(MANIFEST_FOLDER), `${STATIC_POD}.yaml`), yaml(manifests));

  await runningPods(NAMESPACE, 'controller', 2);
  await runningPods(NAMESPACE, 'application', 2);
  await readyMirrorPod(STATIC_POD);
  // It left the pods of the application to the controller.
  expect(await metricOnNode('pods_released_total')).toBe(2);
  const { items }: CoreV1EventList = JSON.parse(
    await kubectl(['get', 'events', '-n', NAMESPACE, '--field-selector=reason=Released', '-o', 'json']),
  );
  const released = items.map(({ involvedObject }) => involvedObject.name?.replace(/(-\w+){2}$/, ''));
  expect(released.toSorted()).toEqual(['application', 'application', 'controller', 'controller']);
});

test('its user may release pods, and nothing else', async () => {
  const may = (verb: string, what: string, ...more: string[]) => canI([verb, what, '--as=metainit', ...more]);
  for (const verb of ['list', 'watch', 'patch']) {
    expect(await may(verb, 'pods', '-A'), verb).toBe(true);
  }
  expect(await may('create', 'events', '-n', NAMESPACE)).toBe(true);
  for (const verb of ['get', 'create', 'update', 'delete']) {
    expect(await may(verb, 'pods', '-n', NAMESPACE), verb).toBe(false);
  }
  expect(await may('patch', 'nodes')).toBe(false);
  expect(await may('list', 'secrets', '-n', 'kube-system')).toBe(false);
});

test('it runs as the kubelet was told: on the network of the node, restricted, at loopback alone', async () => {
  const { spec } = await readyMirrorPod(STATIC_POD);
  expect(spec).toMatchObject({ hostNetwork: true, priorityClassName: 'system-node-critical' });
  const listening = await onNode("ss --no-header --listening --tcp --numeric 'sport = :9780'");
  expect(listening.split('\n').map((line) => line.split(/\s+/)[3])).toEqual(['127.0.0.1:9780']);
  // The program's user can read the kubeconfig, and write nothing.
  const [pid] = (await onNode('pgrep --full "^metainit --kubeconfig"')).split('\n');
  const access = (command: string) =>
    onNode(`setpriv --reuid=65532 --regid=65532 --clear-groups ${command} /var/lib/metainit/kubeconfig`);
  await access('test -r');
  await expect(access('test -w')).rejects.toThrow();
  const status = await onNode(`cat /proc/${pid}/status`);
  expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
  expect(status).toMatch(/^CapEff:\t0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  expect(status).toMatch(/^Seccomp:\t2$/m);
});

test('a renewed certificate is used without a restart', async () => {
  const before = await metricOnNode(EXPIRY);
  expect(before).toBeGreaterThan(Date.now() / 1000 + 6 * 24 * 3600);
  expect(before).toBeLessThan(Date.now() / 1000 + 7 * 24 * 3600);
  await renewCertificate();
  await kubectl(['rollout', 'restart', 'deployment/controller', '-n', NAMESPACE]);
  await vi.waitFor(async () => expect(await metricOnNode(EXPIRY)).toBeGreaterThan(before), POD_WITHIN);
  await kubectl(['rollout', 'status', 'deployment/controller', '-n', NAMESPACE, '--timeout=120s']);
  expect(await metricOnNode('errors_total{task="release"}')).toBe(0);
  const [status] = (await readyMirrorPod(STATIC_POD)).status?.containerStatuses ?? [];
  expect(status?.restartCount).toBe(0);
});

test('a renewal that fails says why, and keeps the kubeconfig', async () => {
  const kubeconfig = () => readFile(onMachine('/var/lib/metainit/kubeconfig'), 'utf8');
  const before = await kubeconfig();
  await expect(renewCertificate('/var/lib/nowhere')).rejects.toThrow(
    /cannot read \/var\/lib\/nowhere\/pki\/ca\.crt\nhint: Run this as root on a control-plane node/,
  );
  const broken = '/var/lib/broken';
  await onNode(`cp --recursive ${KUBERNETES_FOLDER} ${broken}; echo >${broken}/controller-manager.conf`);
  await expect(renewCertificate(broken)).rejects.toThrow(/has no server with a port\nhint: Repair/);
  await onNode(`cp ${KUBERNETES_FOLDER}/controller-manager.conf ${broken}; echo >${broken}/pki/ca.key`);
  await expect(renewCertificate(broken)).rejects.toThrow(/ca\.key/);
  expect(await kubeconfig()).toBe(before);
});

test('after a power cut the node starts it again, and new pods run', async () => {
  await killServicesAndContainers();
  await kubectl(APPLY, yaml(applicationChart('later')));
  await runningPods(NAMESPACE, 'later', 2);
  await readyMirrorPod(STATIC_POD);
});

test('without its file it ends, and new pods of the controller are held', async () => {
  await removeStaticPod(STATIC_POD);
  await kubectl(['delete', ...PODS, '-l', 'app.kubernetes.io/instance=controller', '--now']);
  await vi.waitFor(async () => {
    const gates = (await podsOf(NAMESPACE, 'controller')).map(({ spec }) => spec?.schedulingGates);
    expect(gates).toEqual(Array(2).fill([{ name: GATE }]));
  }, POD_WITHIN);
});
