import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { behindProxy, createField, RULES, untilGates } from '../../../support/held-pods.ts';
import { runMetainit, startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

const LIST_AND_WATCH = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };
const PATCH = { apiGroups: [''], resources: ['pods'], verbs: ['patch'] };
const EVENTS = { apiGroups: [''], resources: ['events'], verbs: ['create'] };

/** The commands that give metainit its right to pods. */
const grant = (namespace: string) =>
  'kubectl create clusterrole metainit-pods --verb=list,watch,patch --resource=pods && kubectl create ' +
  `clusterrolebinding metainit-pods --clusterrole=metainit-pods --serviceaccount=${namespace}:metainit`;

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('without the right to watch gives the command that adds it, asks seldom, and goes on once it has it', async () => {
    const field = await createField([]);
    await field.createPod('held');
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const metainit = await startMetainit(engine, [field.label], env);
    const { namespace } = field;
    const user = `system:serviceaccount:${namespace}:metainit`;
    await metainit.said(new RegExp(`error: forbidden \\(403\\): ${user} may not watch pods$`));
    expect(await metainit.said(/^metainit: Run/)).toBe(`metainit: Run: ${grant(namespace)}`);
    await metainit.unready(new RegExp(`^forbidden \\(403\\): ${user} may not watch pods$`, 'm'));
    expect((await metainit.get('/startupz')).status).toBe(503);
    expect((await metainit.get('/healthz')).status).toBe(200);
    await sleep(5000);
    const asked = proxy.requests.filter((line) => line.startsWith('GET')).length;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(12);
    await field.allow(RULES);
    await metainit.ready();
    await untilGates(field, 'held');
  });

  test('without the right to patch gives the command that adds it, asks seldom, and goes on once it has it', async () => {
    const field = await createField([LIST_AND_WATCH, EVENTS]);
    const names = await field.createPods(100);
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(
      /error: cannot release pod \S+\/pod-\d+: forbidden \(403\): \S+ may not patch pods "pod-\d+" in namespace/,
    );
    expect(await metainit.said(/^metainit: Run/)).toBe(`metainit: Run: ${grant(field.namespace)}`);
    await metainit.unready(/may not patch pods/);
    expect((await metainit.get('/startupz')).status).toBe(200);
    await sleep(5000);
    // One after each pause.
    const asked = proxy.requests.filter((line) => line.startsWith('PATCH')).length;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(12);
    expect(await metainit.metric('queue_depth')).toBe(100);
    await field.allow([PATCH]);
    await vi.waitFor(async () => expect(await field.heldPods()).toEqual([]), { timeout: 60_000 });
    await metainit.ready();
    await metainit.reaches('pods_released_total', names.length);
  });

  test('a right that is missing in one namespace does not delay the others', async () => {
    const field = await createField([LIST_AND_WATCH]);
    const other = await field.createNamespace();
    await field.allow([PATCH, EVENTS], other);
    await field.createPods(20);
    const metainit = await startMetainit(engine, [field.label], field.env);
    await metainit.said(/may not patch pods/);
    await field.createPod('held', { namespace: other });
    const start = performance.now();
    await untilGates(field, 'held', [], other);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('is ready again when the pods that it may not release are gone', async () => {
    const field = await createField([LIST_AND_WATCH, EVENTS]);
    await field.createPods(2);
    const metainit = await startMetainit(engine, [field.label], field.env);
    await metainit.unready(/403|may not/);
    for (const name of ['pod-0', 'pod-1']) {
      await field.core.deleteNamespacedPod({ namespace: field.namespace, name });
    }
    await metainit.ready();
    await metainit.reaches('queue_depth', 0);
  });

  test('says if something else than a missing right refuses, and if it cannot know', async () => {
    const field = await createField();
    await field.createPod('held');
    const forbidden = {
      kind: 'Status',
      status: 'Failure',
      reason: 'Forbidden',
      message: 'a policy says no',
      code: 403,
    };
    let knows = true;
    const { env } = await behindProxy(field, (method, _, url) => {
      if (method === 'PATCH') {
        return { kind: 'answer', status: 403, body: JSON.stringify(forbidden) };
      }
      return url.includes('selfsubject') && !knows
        ? { kind: 'answer', status: 500, body: '' }
        : { kind: 'pass' };
    });
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.said(/error: cannot release pod \S+\/held: a policy says no$/);
    await metainit.said(/^metainit: Ask who maintains the policies and admission webhooks/);
    knows = false;
    await metainit.said(
      /^metainit: If RBAC allows this already, a policy .* Run with the user of the request as USER: kubectl/,
    );
  });

  test('with --namespace it asks for a Role there', async () => {
    const field = await createField([LIST_AND_WATCH, EVENTS]);
    await field.createPod('held');
    const metainit = await startMetainit(engine, [field.label, '-n', field.namespace], field.env);
    const hint = await metainit.said(/^metainit: Run/);
    const place = `--namespace=${field.namespace} --verb=list,watch,patch --resource=pods &&`;
    expect(hint).toContain(`kubectl create role metainit-pods ${place}`);
  });

  test('without the right to create Events releases all the same, says so, and asks seldom', async () => {
    const field = await createField([LIST_AND_WATCH, PATCH]);
    await field.createPods(50);
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.reaches('pods_released_total', 50);
    await metainit.said(
      /error: a release is not recorded as an Event: forbidden.* may not create events in namespace/,
    );
    const hint = await metainit.said(/^metainit: Run/);
    expect(hint).toContain('kubectl create clusterrole metainit-events --verb=create --resource=events &&');
    await metainit.unready(/may not create events/);
    const asked = proxy.requests.filter((line) => line.startsWith('POST') && line.includes('/events')).length;
    expect(asked).toBeLessThan(12);
    await field.allow([EVENTS]);
    await vi.waitFor(
      async () => {
        await field.createPod(`pod-${Math.random().toString(36).slice(2)}`);
        expect((await metainit.get('/readyz')).status).toBe(200);
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  test('--once without a right ends with 4 and the command that adds it', async () => {
    const field = await createField([LIST_AND_WATCH, EVENTS]);
    await field.createPods(30);
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const ended = await runMetainit(engine, [field.label, '--once'], env);
    expect(ended).toMatchObject({ exitCode: 4, stdout: '' });
    expect(ended.termination).toMatch(/may not patch pods .*\nRun: kubectl create clusterrole /);
    expect(proxy.requests.filter((line) => line.startsWith('PATCH')).length).toBeLessThan(16 * 14);
  });
});
