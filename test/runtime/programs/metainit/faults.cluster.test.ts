import { describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../../support/fault-proxy.ts';
import { behindProxy, createField, type Field, GATE, untilGates } from '../../../support/held-pods.ts';
import { startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

const PASS: Fault = { kind: 'pass' };

function status(code: number, reason: string, message = reason): Fault {
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason, code, message });
  return { kind: 'answer', status: code, body };
}

/** Does something to the first request of a method; all others pass. */
function first(method: string, fault: Fault | (() => Fault)): (method: string) => Fault {
  let done = false;
  return (each) => {
    if (each !== method || done) {
      return PASS;
    }
    done = true;
    return typeof fault === 'function' ? fault() : fault;
  };
}

/** Whoever reads one pod again. */
const isReadAgain = (line: string) => line.startsWith('GET') && line.includes('metadata.name');

const isPatch = (line: string) => line.startsWith('PATCH');

function deletePod({ core, namespace }: Field, name: string): Promise<unknown> {
  return core.deleteNamespacedPod({ namespace, name });
}

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('a pod that is gone (404) is done', async () => {
    const field = await createField();
    const { proxy, env } = await behindProxy(
      field,
      first('PATCH', { kind: 'pass', before: () => deletePod(field, 'held') }),
    );
    const metainit = await startMetainit(engine, [field.label], env);
    await field.createPod('held');
    await vi.waitFor(() => expect(proxy.answers.join('\n')).toMatch(/^404 PATCH/m), { timeout: 20_000 });
    await metainit.reaches('queue_depth', 0);
    expect(proxy.requests.filter(isPatch)).toHaveLength(1);
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
    expect(await metainit.metric('pods_released_total')).toBe(0);
  });

  test('another pod of the name (422) is read, and released for itself', async () => {
    const field = await createField();
    const recreate = async () => {
      await deletePod(field, 'held');
      await field.createPod('held', { gates: ['of.example/successor'] });
    };
    const { proxy, env } = await behindProxy(field, first('PATCH', { kind: 'pass', before: recreate }));
    const args = [field.label, `--gate=${GATE}`];
    const metainit = await startMetainit(engine, args, env);
    await field.createPod('held');
    await vi.waitFor(() => expect(proxy.requests.filter(isReadAgain)).toHaveLength(1), { timeout: 20_000 });
    expect(proxy.answers.join('\n')).toMatch(/^422 PATCH/m);
    await metainit.reaches('queue_depth', 0);
    expect(await field.gates('held')).toEqual(['of.example/successor']);
    expect(proxy.requests.filter(isPatch)).toHaveLength(1);
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
    // Without the narrowing the successor is released.
    await startMetainit(engine, [field.label], field.env);
    await untilGates(field, 'held');
  });

  test('after a conflict (409) it reads the pod again, and patches what is left', async () => {
    const field = await createField();
    const { proxy, env } = await behindProxy(field, first('PATCH', status(409, 'Conflict')));
    await field.createPod('held', { gates: ['a.example/one', 'b.example/two'] });
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.reaches('pods_released_total', 1);
    const kinds = proxy.requests
      .filter((line) => isPatch(line) || isReadAgain(line))
      .map((line) => line.split(' ')[0]);
    expect(kinds).toEqual(['PATCH', 'GET', 'PATCH']);
    expect(await field.gates('held')).toEqual([]);
  });

  test('a pod that the server refuses to release (422) is tried again later, and delays no other', async () => {
    const field = await createField();
    let refuses = true;
    const { proxy, env } = await behindProxy(field, (method, _, url) =>
      method === 'PATCH' && url.includes('/refused') && refuses
        ? status(422, 'Invalid', 'a policy says no')
        : PASS,
    );
    await field.createPod('refused');
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(/error: cannot release pod \S+\/refused: .*a policy says no/);
    await field.createPod('held');
    await untilGates(field, 'held');
    expect((await metainit.get('/readyz')).status).toBe(200);
    await metainit.reaches('queue_depth', 1);
    const asked = proxy.requests.filter(isPatch).length;
    expect(asked).toBeLessThan(8);
    refuses = false;
    await untilGates(field, 'refused');
  });

  test.each([
    ['503', { ...status(503, 'ServiceUnavailable') }],
    ['429', { ...status(429, 'TooManyRequests') }],
    ['a reset', { kind: 'reset' }],
  ] as const)('after %s it tries again, and is ready again', async (_, fault) => {
    const field = await createField();
    let fails = 3;
    const { env } = await behindProxy(field, (method) => {
      fails -= method === 'PATCH' ? 1 : 0;
      return method === 'PATCH' && fails >= 0 ? fault : PASS;
    });
    await field.createPod('held');
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(/error: cannot release pod \S+\/held: /);
    await metainit.reaches('pods_released_total', 1);
    await metainit.ready();
    expect(await metainit.metric('errors_total{task="release"}')).toBe(3);
  });

  test('a release whose answer is lost is recorded all the same', async () => {
    const field = await createField();
    const { env } = await behindProxy(field, first('PATCH', { kind: 'lose answer' }));
    const pod = await field.createPod('held');
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(/removed .* from pod/);
    await metainit.reaches('queue_depth', 0);
    expect(await field.gates('held')).toEqual([]);
    expect(await field.events(pod)).toHaveLength(1);
  });

  test('an Event is tried again, and if it cannot be had the release counts', async () => {
    const field = await createField();
    const { env } = await behindProxy(field, first('POST', { kind: 'reset' }));
    const pod = await field.createPod('held');
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.reaches('pods_released_total', 1);
    expect(await field.events(pod)).toHaveLength(1);
  });

  test('follows a watch that breaks off, is not ready until it has another, and counts that', async () => {
    const field = await createField();
    const broken = Promise.withResolvers<void>();
    let watches = 0;
    let isDown = true;
    const { env } = await behindProxy(field, (method) => {
      watches += method === 'GET' ? 1 : 0;
      if (method === 'GET' && watches === 1) {
        return { kind: 'break off', when: broken.promise, end: 'reset' };
      }
      return method === 'GET' && isDown ? status(503, 'ServiceUnavailable') : PASS;
    });
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.ready();
    broken.resolve();
    await metainit.unready(/503/);
    await field.createPod('held');
    isDown = false;
    await untilGates(field, 'held');
    await metainit.ready();
    expect(await metainit.metric('watch_restarts_total')).toBe(1);
    expect(await metainit.metric('errors_total{task="watch"}')).toBe(watches - 1);
  });

  test('lists by pages if the server has no streaming lists', async () => {
    const field = await createField();
    await field.createPods(5);
    const { proxy, env } = await behindProxy(field, (_, __, url) =>
      url.includes('sendInitialEvents') ? status(422, 'Invalid') : PASS,
    );
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.ready();
    await metainit.reaches('pods_released_total', 5);
    const [, page = '', watch = ''] = proxy.requests.filter((line) => line.startsWith('GET'));
    for (const request of [page, watch]) {
      const query = new URL(request.split(' ')[1] ?? '', 'https://api').searchParams;
      expect(query.get('labelSelector')).toBe(field.label);
      expect(query.get('fieldSelector')).toBe('spec.nodeName=');
    }
    expect(page).toContain('limit=500');
    expect(watch).toContain('watch=true');
  });

  test('what a new list still tells as held is released again: a restored etcd has lost the release', async () => {
    const field = await createField();
    const broken = Promise.withResolvers<void>();
    const released = await field.createPod('held', { labels: {}, gates: [] });
    let watches = 0;
    let patches = 0;
    const { proxy, env } = await behindProxy(field, (method) => {
      watches += method === 'GET' ? 1 : 0;
      patches += method === 'PATCH' ? 1 : 0;
      if (method === 'PATCH' && patches === 1) {
        return { kind: 'answer', status: 200, body: JSON.stringify({ ...released, kind: 'Pod' }) };
      }
      if (method === 'GET' && watches === 1) {
        return { kind: 'break off', when: broken.promise, end: 'reset' };
      }
      return method === 'GET' && watches === 2 ? status(410, 'Expired') : PASS;
    });
    await field.createPod('lost');
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(/removed .* from pod/);
    expect(await field.gates('lost')).toEqual([GATE]);
    broken.resolve();
    await metainit.said(/the watch of all namespaces is too old to go on/);
    await untilGates(field, 'lost');
    expect(proxy.requests.filter(isPatch)).toHaveLength(2);
  });
});
