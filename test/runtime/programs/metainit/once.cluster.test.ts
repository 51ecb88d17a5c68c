import { describe, expect, test } from 'vitest';
import { behindProxy, createField, GATE } from '../../../support/held-pods.ts';
import { runMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('--once releases what is held now, and exits', async () => {
    const field = await createField();
    const other = await field.createNamespace();
    await field.createPods(40);
    const pod = await field.createPod('held', { namespace: other });
    await field.createPod('unlabelled', { labels: {} });
    await field.createPod('deleted', { finalizers: ['example.com/wait'] });
    await field.core.deleteNamespacedPod({ namespace: field.namespace, name: 'deleted' });
    const ended = await runMetainit(engine, [field.label, '--once'], field.env);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'released 41 pods\n' });
    expect(ended.stderr.match(/metainit: removed/g)).toHaveLength(41);
    expect(await field.heldPods()).toEqual(['deleted']);
    expect(await field.gates('unlabelled')).toEqual([GATE]);
    expect(await field.events(pod)).toHaveLength(1);
    const again = await runMetainit(engine, [field.label, '--once'], field.env);
    expect(again).toMatchObject({ exitCode: 0, stdout: 'nothing to do: no pod is held\n' });
  });

  test('--once looks at the namespaces and the gates that are given', async () => {
    const field = await createField();
    const other = await field.createNamespace();
    const gates = ['a.example/one', 'b.example/two'];
    await field.createPod('held', { gates });
    await field.createPod('held', { gates, namespace: other });
    const args = [field.label, '--once', '-n', other, '--gate=a.example/one', '--log-format=json'];
    const ended = await runMetainit(engine, args, field.env);
    expect(ended.exitCode).toBe(0);
    expect(JSON.parse(ended.stdout)).toEqual({ result: 'released', pods: 1 });
    expect(await field.gates('held', other)).toEqual(['b.example/two']);
    expect(await field.gates('held')).toEqual(gates);
  });

  test('--dry-run says what it would release, and writes nothing', async () => {
    const field = await createField([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
    const before = await field.createPod('held', { gates: ['a.example/one', 'b.example/two'] });
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const ended = await runMetainit(engine, [field.label, '--dry-run'], env);
    const what = `would remove a.example/one, b.example/two from pod ${field.namespace}/held`;
    expect(ended).toMatchObject({ exitCode: 0, stdout: `${what}\ndry run: 1 pod would be released\n` });
    const json = await runMetainit(engine, [field.label, '--dry-run', '--log-format=json'], env);
    expect(JSON.parse(json.stdout)).toEqual({
      result: 'would release',
      pods: [
        {
          namespace: field.namespace,
          pod: 'held',
          uid: before.metadata?.uid,
          gates: ['a.example/one', 'b.example/two'],
        },
      ],
    });
    expect(await field.pod('held')).toEqual(before);
    expect(proxy.requests.every((line) => line.startsWith('GET'))).toBe(true);
    const none = await runMetainit(engine, [`${field.label}-other`, '--dry-run'], env);
    expect(none.stdout).toBe('dry run: no pod is held\n');
  });

  test('lists by pages', async () => {
    const field = await createField();
    await field.createPods(510);
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const ended = await runMetainit(engine, [field.label, '--dry-run'], env);
    expect(ended.stdout).toContain('dry run: 510 pods would be released');
    expect(proxy.requests.map((line) => line.includes('continue=&'))).toEqual([false, false]);
    expect(proxy.requests.map((line) => line.includes('continue='))).toEqual([false, true]);
    expect(proxy.requests.every((line) => line.includes('limit=500'))).toBe(true);
  });

  test('--once tries again after a fault, and says so', async () => {
    const field = await createField();
    await field.createPod('held');
    let faults = 0;
    const { env } = await behindProxy(field, (method) => {
      faults += 1;
      return (method === 'GET' || method === 'PATCH') && faults % 2 === 1
        ? { kind: 'reset' }
        : { kind: 'pass' };
    });
    const ended = await runMetainit(engine, [field.label, '--once'], env);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'released 1 pod\n' });
    expect(ended.stderr).toMatch(/trying again in \d+ ms/);
  });

  test('--once releases all others if the server refuses one, and ends with 7', async () => {
    const field = await createField();
    await field.createPods(20);
    const { env } = await behindProxy(field, (method, _, url) =>
      method === 'PATCH' && /\/pod-[37]\?/.test(url)
        ? {
            kind: 'answer',
            status: 422,
            body: JSON.stringify({
              kind: 'Status',
              reason: 'Invalid',
              code: 422,
              message: 'a policy says no',
            }),
          }
        : { kind: 'pass' },
    );
    const ended = await runMetainit(engine, [field.label, '--once'], env);
    expect(ended).toMatchObject({ exitCode: 7, stdout: '' });
    expect(ended.termination).toMatch(/cannot release pod \S+\/pod-[37]: .*a policy says no/);
    expect(ended.stderr).toMatch(/pod-3: /);
    expect(ended.stderr).toMatch(/pod-7: /);
    expect((await field.heldPods()).sort()).toEqual(['pod-3', 'pod-7']);
  });
});
