import type { CoreV1EventList, V1Pod, V1PodDisruptionBudget } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Metainit } from '../../src/index.ts';
import { nameOf } from '../../start/manifests.ts';
import { APPLY, canI, createNamespace, kubectl } from '../src/kubectl.ts';
import { yaml } from '../src/manifests.ts';
import { barePod, CONTROLLER, Deadlock, gatesOf, WEB, WEB_REPLICAS } from './deadlock.ts';
import { POD_WITHIN, runningPod, runningPods } from './running-pods.ts';

// Of one deadlock: each scenario goes on with what the one before has left.

const HELD = 'e2e-deadlock';
const FREE = 'e2e-free';
const OWN = 'e2e-metainit';
const METAINIT = 'metainit';
const REPLICAS = 2;

/** The hold selects the namespace of metainit too, by the label that all objects of metainit have. */
const deadlock = new Deadlock(
  HELD,
  (chart, holdLabel) =>
    new Metainit(chart, 'Metainit', { namespaceName: OWN, metadata: { labels: { [holdLabel]: 'true' } } }),
);

beforeAll(async () => {
  await createNamespace(FREE);
  await deadlock.apply();
});

afterAll(async () => {
  const metainit = ['delete', '--ignore-not-found', '-f', '-'];
  await Promise.all([
    kubectl(metainit, yaml(deadlock.metainitChart)),
    deadlock.delete(),
    kubectl(['delete', 'namespace', FREE]),
  ]);
});

test('8: without metainit no pod of the namespace runs, not even the controller, while others run', async () => {
  const held = await deadlock.pods();
  await kubectl([...APPLY, '-n', FREE], JSON.stringify(barePod('later'))); // later than the held pods
  const running = '--for=jsonpath={.status.phase}=Running';
  await kubectl(['wait', running, '-n', FREE, 'pod/later', '--timeout=120s']);

  const still = await deadlock.pods();
  expect(gatesOf(still)).toEqual(Object.fromEntries(held.map((pod) => [nameOf(pod), [deadlock.gate]])));
  for (const { spec, status } of still) {
    expect({ node: spec?.nodeName, phase: status?.phase }).toEqual({ node: undefined, phase: 'Pending' });
  }
});

test('8: not even an administrator may release the controller by hand', async () => {
  const [controller] = await deadlock.pods();
  const schedulingGates = [{ $patch: 'delete', name: deadlock.gate }];
  const patch = `--patch=${JSON.stringify({ spec: { schedulingGates } })}`;
  await expect(kubectl(['patch', 'pod', '-n', HELD, nameOf(controller as V1Pod), patch])).rejects.toThrow(
    `may not remove the scheduling gate ${deadlock.gate}`,
  );
});

test('8: two replicas of metainit run, though the label of their namespace is the one of held namespaces', async () => {
  await kubectl(APPLY, yaml(deadlock.metainitChart));
  await rolledOut();
  const namespace = JSON.parse(await kubectl(['get', 'namespace', OWN, '-o', 'json']));
  expect(namespace.metadata.labels).toMatchObject({ [deadlock.holdLabel]: 'true' });
  await runningPods(OWN, METAINIT, REPLICAS);
});

/** The pod of the controller that metainit released. */
let controller: V1Pod;

test('8: with metainit the controller runs, and releases all others, so that they run', async () => {
  controller = await runningPod(HELD, CONTROLLER);
  await runningPods(HELD, WEB, WEB_REPLICAS);
  expect(Object.values(gatesOf(await deadlock.pods()))).toEqual(Array(1 + WEB_REPLICAS).fill([]));
});

test('8: metainit released the controller and no other pod, and says so in one Event and in the log', async () => {
  const events = ['get', 'events', '-n', HELD, '--field-selector=reason=Released', '-o', 'json'];
  const { items }: CoreV1EventList = JSON.parse(await kubectl(events));
  expect(items.map(({ involvedObject, type }) => [involvedObject.kind, involvedObject.uid, type])).toEqual([
    ['Pod', controller.metadata?.uid, 'Normal'],
  ]);
  expect(items[0]?.message).toContain(deadlock.gate);

  const removals = (await log()).filter((line) => line.includes('removed '));
  const removal = `metainit: removed ${deadlock.gate} from pod ${HELD}/${nameOf(controller)}, which was held for `;
  expect(removals).not.toEqual([]);
  expect(removals.filter((line) => !line.startsWith(removal))).toEqual([]);
  expect(await released()).toBe(removals.length);
});

test('8: metainit may release pods, and nothing else', async () => {
  const as = `--as=${deadlock.metainit.userName}`;
  for (const verb of ['list', 'watch', 'patch']) {
    expect(await canI([verb, 'pods', '--all-namespaces', as])).toBe(true);
  }
  expect(await canI(['create', 'events', '--all-namespaces', as])).toBe(true);
  // What every account may is not metainit's.
  for (const namespace of [HELD, OWN, 'kube-system']) {
    const everybody = await rightsOf(`system:serviceaccount:${OWN}:default`, namespace);
    const own = (await rightsOf(deadlock.metainit.userName, namespace)).filter(
      (right) => !everybody.includes(right),
    );
    expect(own.toSorted()).toEqual(['events [] [] [create]', 'pods [] [] [list watch patch]']);
  }
});

test('8: one replica of metainit is evicted, the other is not, and releases the next controller', async () => {
  const budget = ['get', 'poddisruptionbudget', METAINIT, '-n', OWN, '-o', 'json'];
  await vi.waitFor(async () => {
    const { status }: V1PodDisruptionBudget = JSON.parse(await kubectl(budget));
    expect(status).toMatchObject({ currentHealthy: REPLICAS, disruptionsAllowed: 1 });
  }, POD_WITHIN);
  const [first, second] = await runningPods(OWN, METAINIT, REPLICAS);
  await evict(first as V1Pod);
  await expect(evict(second as V1Pod)).rejects.toThrow("violate the pod's disruption budget");

  await kubectl(['delete', 'pod', '-n', HELD, nameOf(controller)]);
  const next = await runningPod(HELD, CONTROLLER);
  expect(nameOf(next)).not.toBe(nameOf(controller));
  await rolledOut();
});

/** Waits until all replicas of metainit are ready. */
async function rolledOut(): Promise<void> {
  await kubectl(['rollout', 'status', '-n', OWN, `deployment/${METAINIT}`, '--timeout=120s']);
}

/** The log of all replicas, in lines. */
async function log(): Promise<string[]> {
  const text = await kubectl(['logs', '-n', OWN, '-l', `app.kubernetes.io/name=${METAINIT}`, '--tail=-1']);
  return text.trimEnd().split('\n');
}

/** The number of pods that all replicas released, by their metrics. */
async function released(): Promise<number> {
  const pods = await runningPods(OWN, METAINIT, REPLICAS);
  const counts = pods.map(async (pod) => {
    const path = `/api/v1/namespaces/${OWN}/pods/${nameOf(pod)}:9780/proxy/metrics`;
    const [, count] =
      /^metainit_pods_released_total (\d+)$/m.exec(await kubectl(['get', '--raw', path])) ?? [];
    return Number(count);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** The rights of a user in a namespace, one in each line. */
async function rightsOf(user: string, namespace: string): Promise<string[]> {
  const list = ['auth', 'can-i', '--list', '--no-headers', '-n', namespace, `--as=${user}`];
  return (await kubectl(list))
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '));
}

function evict(pod: V1Pod): Promise<string> {
  const path = `/api/v1/namespaces/${OWN}/pods/${nameOf(pod)}/eviction`;
  const metadata = { namespace: OWN, name: nameOf(pod) };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
  return kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
}
