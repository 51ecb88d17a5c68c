import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { behindProxy, createField, type Field } from '../../../support/held-pods.ts';
import { type Metainit, startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES, type Engine } from '../../../support/multisite-init.ts';

/** Several replicas, and how many patches each of them has sent. */
async function startReplicas(engine: Engine, field: Field, count: number) {
  const replicas: Metainit[] = [];
  const proxies: { readonly requests: readonly string[] }[] = [];
  for (let index = 0; index < count; index += 1) {
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    proxies.push(proxy);
    replicas.push(await startMetainit(engine, [field.label], env));
  }
  await Promise.all(replicas.map((replica) => replica.ready()));
  const patches = () =>
    proxies.map(({ requests }) => requests.filter((line) => line.startsWith('PATCH')).length);
  return { replicas, patches };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

function allReleased(field: Field): Promise<void> {
  return vi.waitFor(async () => expect(await field.heldPods()).toEqual([]), {
    timeout: 60_000,
    interval: 50,
  });
}

/** The Events of the field's namespace, by the pods that they are on. */
async function eventsByPod({ core, namespace }: Field): Promise<Map<string, number>> {
  const { items } = await core.listNamespacedEvent({ namespace });
  const counts = new Map<string, number>();
  for (const { involvedObject } of items) {
    const uid = involvedObject.uid ?? '';
    counts.set(uid, (counts.get(uid) ?? 0) + 1);
  }
  return counts;
}

describe.each(ENGINE_NAMES)('replicas of metainit on %s', (engine) => {
  test.each([
    [100, 'one after the other', 1],
    [300, 'at full speed', 8],
  ])(
    'of %i pods, created %s, less than a tenth is patched twice, and each has one Event',
    async (count, _, atOnce) => {
      const field = await createField();
      const { replicas, patches } = await startReplicas(engine, field, 3);
      await field.createPods(count, {}, atOnce);
      await allReleased(field);
      for (const replica of replicas) {
        await replica.reaches('queue_depth', 0);
      }
      const sent = total(patches());
      expect(sent).toBeGreaterThanOrEqual(count);
      expect(sent).toBeLessThan(count * 1.1);
      await vi.waitFor(async () => expect((await eventsByPod(field)).size).toBe(count));
      expect([...(await eventsByPod(field)).values()].every((each) => each === 1)).toBe(true);
      const metrics = (name: string) => Promise.all(replicas.map((replica) => replica.metric(name)));
      const released = async () => total((await metrics('pods_released_total')).map((each) => each ?? 0));
      // A replica counts a release when it knows that the Event is its own.
      await vi.waitFor(async () => expect(await released()).toBe(count));
      expect(await metrics('errors_total{task="event"}')).toEqual([0, 0, 0]);
    },
  );

  test('a backlog that they find at their start is shared with few needless patches', async () => {
    const field = await createField();
    await field.createPods(300);
    const { patches } = await startReplicas(engine, field, 2);
    await allReleased(field);
    await sleep(1000);
    expect(total(patches())).toBeLessThan(330);
  });

  test('when one is killed another releases the next pods within a second or two', async () => {
    const field = await createField();
    const { replicas, patches } = await startReplicas(engine, field, 2);
    await field.createPods(50);
    await allReleased(field);
    const sent = patches();
    const busiest = sent.indexOf(Math.max(...sent));
    await replicas[busiest]?.kill();
    const start = performance.now();
    await field.createPod('next');
    await allReleased(field);
    expect(performance.now() - start).toBeLessThan(2500);
    // From then on it releases at once.
    await field.createPod('last');
    await vi.waitFor(async () => expect(await field.heldPods()).toEqual([]), { timeout: 400, interval: 10 });
  });

  test('pods that are created while replicas are killed and started are all released', async () => {
    const field = await createField();
    const { replicas } = await startReplicas(engine, field, 2);
    const creating = field.createPods(300);
    for (let killed = 0; killed < 4; killed += 1) {
      await replicas.shift()?.kill();
      replicas.push(await startMetainit(engine, [field.label], field.env));
    }
    await creating;
    await allReleased(field);
    expect([...(await eventsByPod(field)).values()].every((count) => count === 1)).toBe(true);
  });
});
