import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../../runtime/async/clock.ts';
import { ApiError } from '../../../../runtime/kube/errors.ts';
import { createObject } from '../../../../runtime/kube/resource.ts';
import { retry } from '../../../../runtime/kube/retry.ts';
import { PODS } from '../../../../runtime/programs/metainit/held-pod.ts';
import { transportBy } from '../../../support/admin.ts';
import { type CuttableRelay, startCuttableRelay } from '../../../support/cuttable-relay.ts';
import { seededRandom } from '../../../support/fault-random.ts';
import { createField, type Field, GATE, podOf, RULES } from '../../../support/held-pods.ts';
import { type Metainit, startMetainit } from '../../../support/metainit.ts';
import type { Engine } from '../../../support/multisite-init.ts';
import {
  type RestartableControlPlane,
  startRestartableControlPlane,
} from '../../../support/restartable-control-plane.ts';

const COUNT = 10_000;
const AT_ONCE = 8;
/** The API server is away for a few seconds at each restart. */
const CREATE_LIMITS = { timeoutMs: 120_000, waitMs: 60_000 };

/** Another seed gives other faults at other moments. A failed run can be repeated, as far as the timing of processes allows. */
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);

type Fault = () => unknown;

/** A replica of metainit behind a relay of its own. */
class Replica {
  readonly relay: CuttableRelay;
  private readonly engine: Engine;
  private readonly field: Field;
  private readonly peaks: number[] = [];
  private metainit: Promise<Metainit>;

  constructor(engine: Engine, field: Field, relay: CuttableRelay) {
    this.engine = engine;
    this.field = field;
    this.relay = relay;
    this.metainit = this.start();
  }

  get running(): Promise<Metainit> {
    return this.metainit;
  }

  async killAndStart(): Promise<void> {
    await this.peakMiB();
    await (await this.metainit).kill();
    this.metainit = this.start();
    await this.metainit;
  }

  /** The peak of resident memory, in all its lives. */
  async peakMiB(): Promise<string> {
    const { pid } = await this.metainit;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    this.peaks.push(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
    return `${Math.max(...this.peaks).toFixed(0)} MiB on ${this.engine}`;
  }

  private start(): Promise<Metainit> {
    const { env, label } = this.field;
    return startMetainit(this.engine, [label], {
      ...env,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(this.relay.port),
    });
  }
}

async function startReplica(engine: Engine, field: Field, { facts }: RestartableControlPlane) {
  return new Replica(engine, field, await startCuttableRelay(facts.host, facts.port));
}

/** What happens while the pods are created, in this order. The first replica is never killed, and gets the 410. */
function planFaults(
  random: () => number,
  [first, ...others]: readonly [Replica, ...Replica[]],
  { restartApiServer, compact }: RestartableControlPlane,
): readonly Fault[] {
  const oneOf = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const cut = () => oneOf([first, ...others]).relay.cut();
  const kill = () => oneOf(others).killAndStart();
  const faults: Fault[] = [cut, cut, cut, cut, cut, cut, kill, kill, kill, kill, restartApiServer]
    .map((fault) => ({ fault, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ fault }) => fault);
  const expire = async () => {
    await compact();
    await restartApiServer();
    await first.relay.open();
  };
  faults.splice(Math.floor(random() * (faults.length + 1)), 0, () => first.relay.close(), expire);
  return faults;
}

/** The faults by the number of the pod whose creation begins when the fault happens. */
function timeFaults(random: () => number, faults: readonly Fault[]): ReadonlyMap<number, Fault> {
  const distance = COUNT / (faults.length + 1);
  return new Map(
    faults.map((fault, index) => [Math.floor((index + 0.2 + 0.6 * random()) * distance), fault]),
  );
}

/** Creates the pods. Every other pod has the label. Whoever creates them tries again while the API server is away. */
async function createPods(
  { namespace, label, serviceAccount }: Field,
  kubeconfig: string,
  faults: ReadonlyMap<number, Fault>,
): Promise<void> {
  const transport = transportBy(kubeconfig);
  const { signal } = new AbortController();
  let happened = Promise.resolve<unknown>(undefined);
  const indexes = Array.from({ length: COUNT }, (_, index) => index).values();
  const create = async () => {
    for (const index of indexes) {
      const fault = faults.get(index);
      happened = fault ? happened.then(fault) : happened;
      const labels: Record<string, string> = index % 2 === 0 ? { [label]: '' } : {};
      const pod = podOf(`pod-${index}`, { labels }, serviceAccount);
      await retry(
        CREATE_LIMITS,
        systemClock,
        signal,
        (limited) => createOnce(pod, limited),
        () => {},
      );
    }
  };
  const createOnce = async (pod: object, limited: AbortSignal) => {
    try {
      await createObject(transport, { resource: PODS, namespace }, pod, limited);
    } catch (error) {
      // The answer to an earlier attempt was lost.
      if (!(error instanceof ApiError && error.status.reason === 'AlreadyExists')) {
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, create));
  await happened;
}

test(`10,000 pods at full speed, with restarts, cuts, 410 and killed replicas (TEST_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const controlPlane = await startRestartableControlPlane();
  const { kubeconfig } = controlPlane.facts;
  const field = await createField(RULES, controlPlane.facts);
  const replicas = [
    await startReplica('bun', field, controlPlane),
    await startReplica('node', field, controlPlane),
    await startReplica('bun', field, controlPlane),
  ] as const;
  for (const { running } of replicas) {
    await (await running).ready();
  }

  const start = performance.now();
  await createPods(field, kubeconfig, timeFaults(random, planFaults(random, replicas, controlPlane)));
  const createdSeconds = (performance.now() - start) / 1000;
  await vi.waitFor(async () => expect(await field.heldPods()).toEqual([]), {
    timeout: 180_000,
    interval: 500,
  });
  const seconds = (performance.now() - start) / 1000;

  // The pods without the label are as they were created.
  const list = (labelSelector: string) =>
    field.core.listNamespacedPod({ namespace: field.namespace, labelSelector });
  const { items: others } = await list(`!${field.label}`);
  expect(others).toHaveLength(COUNT / 2);
  for (const { metadata, spec } of others) {
    expect(metadata?.generation).toBe(1);
    expect(spec?.schedulingGates).toEqual([{ name: GATE }]);
  }
  expect((await list(field.label)).items).toHaveLength(COUNT / 2);

  const [first] = replicas;
  await (await first.running).said(/the watch of all namespaces is too old to go on/);
  for (const { running } of replicas) {
    await (await running).ready();
    await (await running).reaches('queue_depth', 0);
  }
  const peaks = await Promise.all(replicas.map((replica) => replica.peakMiB()));
  process.stdout.write(
    `seed ${SEED}: ${COUNT} pods created in ${createdSeconds.toFixed(0)} s; ` +
      `${(COUNT / 2 / seconds).toFixed(0)} pods released per second; peak memory ${peaks.join(', ')}\n`,
  );
});
