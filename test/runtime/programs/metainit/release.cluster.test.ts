import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { createField, type Field, GATE, untilGates } from '../../../support/held-pods.ts';
import { startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

/** A pod that metainit releases, created after others: by then it has seen those. */
async function seesAnother(field: Field, gates?: string[]): Promise<void> {
  const name = `another-${Math.random().toString(36).slice(2)}`;
  await field.createPod(name, { gates });
  await untilGates(field, name);
}

/** Without what every write changes. */
function unchanging({ metadata, spec, status }: V1Pod): object {
  const { resourceVersion, generation, managedFields, ...rest } = metadata ?? {};
  const { schedulingGates, ...ofSpec } = spec ?? {};
  return { metadata: rest, spec: ofSpec, status };
}

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('releases pods with the label, whatever its value, in all namespaces, from before and from now on', async () => {
    const field = await createField();
    const { label } = field;
    const other = await field.createNamespace();
    await field.createPod('before', { labels: { [label]: 'false' } });
    const metainit = await startMetainit(engine, [label], field.env);
    await field.createPod('after', { namespace: other });
    await untilGates(field, 'before');
    await untilGates(field, 'after', [], other);
    await metainit.said(new RegExp(`removed ${GATE} from pod ${other}/after`));
  });

  test('looks for the label of the original if none is given', async () => {
    const field = await createField();
    await field.createPod('held', { labels: { 'k8s.opsani.io/initializer': '' } });
    await startMetainit(engine, ['--namespace', field.namespace], field.env);
    await untilGates(field, 'held');
  });

  test('looks only at the namespaces that are given', async () => {
    const field = await createField();
    const [one, two] = [await field.createNamespace(), await field.createNamespace()];
    for (const namespace of [field.namespace, one, two]) {
      await field.createPod('held', { namespace });
    }
    await startMetainit(engine, [field.label, '--namespace', one, '-n', two], field.env);
    await untilGates(field, 'held', [], one);
    await untilGates(field, 'held', [], two);
    expect(await field.gates('held')).toEqual([GATE]);
  });

  test('removes all gates, and changes nothing else', async () => {
    const field = await createField();
    const gates = Array.from({ length: 20 }, (_, index) => `example.com/gate-${index}`);
    const before = await field.core.createNamespacedPod({
      namespace: field.namespace,
      body: {
        metadata: {
          name: 'held',
          labels: { [field.label]: '', other: 'label' },
          annotations: { 'example.com/note': 'keep' },
          finalizers: ['example.com/keep'],
        },
        spec: {
          serviceAccountName: field.serviceAccount,
          schedulingGates: gates.map((name) => ({ name })),
          containers: [
            { name: 'a', image: 'a', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: 'a' }] },
            { name: 'b', image: 'b' },
          ],
          tolerations: [{ key: 'a', operator: 'Exists' }],
          nodeSelector: { disk: 'fast' },
        },
      },
    });
    await startMetainit(engine, [field.label], field.env);
    await untilGates(field, 'held');
    const after = await field.pod('held');
    expect(unchanging(after)).toEqual(unchanging(before));
    // One write.
    expect(after.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
  });

  test('with --gate removes those alone, and says which still hold the pod', async () => {
    const field = await createField();
    const gates = ['a.example/one', 'b.example/two', 'c.example/three'];
    await field.createPod('held', { gates });
    await field.createPod('of-others', { gates: ['b.example/two'] });
    const args = [field.label, '--gate=a.example/one', '--gate=c.example/three'];
    const metainit = await startMetainit(engine, args, field.env);
    await untilGates(field, 'held', ['b.example/two']);
    const line = await metainit.said(/removed/);
    expect(line).toMatch(
      /^metainit: removed a\.example\/one, c\.example\/three from pod held-\w+-1\/held, which was held for \d+\.\d s; b\.example\/two still holds it$/,
    );
    await seesAnother(field, ['a.example/one']);
    expect(await field.gates('of-others')).toEqual(['b.example/two']);
    await metainit.reaches('pods_released_total', 2);
  });

  test('leaves pods alone that have no labels, another label or no gates', async () => {
    const field = await createField();
    await field.createPod('no-labels', { labels: {} });
    await field.createPod('other-label', { labels: { other: '' } });
    const { metadata } = await field.createPod('no-gates', { gates: [] });
    const metainit = await startMetainit(engine, [field.label], field.env);
    await seesAnother(field);
    expect(await field.gates('no-labels')).toEqual([GATE]);
    expect(await field.gates('other-label')).toEqual([GATE]);
    expect((await field.pod('no-gates')).metadata?.resourceVersion).toBe(metadata?.resourceVersion);
    await metainit.reaches('pods_released_total', 1);
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
  });

  test('leaves a pod alone that somebody deletes', async () => {
    const field = await createField();
    await field.createPod('deleted', { finalizers: ['example.com/wait'] });
    await field.core.deleteNamespacedPod({ namespace: field.namespace, name: 'deleted' });
    await startMetainit(engine, [field.label], field.env);
    await seesAnother(field);
    expect(await field.gates('deleted')).toEqual([GATE]);
  });

  test('releases a pod whose label is added later, and leaves one whose label is removed', async () => {
    const field = await createField();
    await field.createPod('added', { labels: {} });
    await field.createPod('removed');
    await field.setLabels('removed', { [field.label]: null });
    const metainit = await startMetainit(engine, [field.label], field.env);
    await metainit.ready();
    await field.setLabels('added', { [field.label]: 'yes' });
    await untilGates(field, 'added');
    expect(await field.gates('removed')).toEqual([GATE]);
  });

  test('two of them with different labels do not touch the pods of the other', async () => {
    const [one, two] = [await createField(), await createField()];
    const both = { [one.label]: '', [two.label]: '' };
    await one.createPod('held', { gates: ['a.example/one', 'b.example/two'], labels: both });
    await one.createPod('of-two', { labels: { [two.label]: '' } });
    const first = await startMetainit(engine, [one.label, '--gate=a.example/one'], one.env);
    await untilGates(one, 'held', ['b.example/two']);
    await seesAnother(one, ['a.example/one']);
    expect(await one.gates('of-two')).toEqual([GATE]);
    const second = await startMetainit(engine, [two.label], two.env);
    await untilGates(one, 'held');
    await untilGates(one, 'of-two');
    await first.reaches('pods_released_total', 2);
    await second.reaches('pods_released_total', 2);
  });

  test('releases pods of a namespace that is being deleted, without an Event or an error', async () => {
    const field = await createField();
    const namespace = await field.createNamespace();
    await field.createPod('held', { namespace, finalizers: ['example.com/wait'] });
    await field.core.deleteNamespace({ name: namespace });
    const metainit = await startMetainit(engine, [field.label], field.env);
    await untilGates(field, 'held', [], namespace);
    await metainit.said(new RegExp(`removed .* from pod ${namespace}/held`));
    await metainit.ready();
    expect(await metainit.metric('errors_total{task="event"}')).toBe(0);
    expect(metainit.lines.filter((line) => line.includes('error'))).toEqual([]);
  });

  test('owners that remove their own gates at the same moment succeed, and so does it', async () => {
    const field = await createField();
    const metainit = await startMetainit(engine, [field.label, `--gate=${GATE}`], field.env);
    await metainit.ready();
    const owners = ['a.example/owner', 'b.example/owner', 'c.example/owner'];
    const names = Array.from({ length: 40 }, (_, index) => `pod-${index}`);
    const race = async (name: string) => {
      await field.createPod(name, { gates: [GATE, ...owners] });
      await sleep(Math.random() * 20);
      await Promise.all(
        owners.map((gate) =>
          field.core.patchNamespacedPod(
            {
              namespace: field.namespace,
              name,
              body: { spec: { schedulingGates: [{ $patch: 'delete', name: gate }] } },
            },
            setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
          ),
        ),
      );
    };
    for (let index = 0; index < names.length; index += 4) {
      await Promise.all(names.slice(index, index + 4).map(race));
    }
    for (const name of names) {
      await untilGates(field, name);
    }
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
    await metainit.reaches('pods_released_total', 40);
  });

  test('releases each of the pods that follow each other under a name', async () => {
    const field = await createField();
    const metainit = await startMetainit(engine, [field.label], field.env);
    for (let count = 1; count <= 10; count += 1) {
      await field.createPod('again');
      if (count % 2 === 0) {
        await untilGates(field, 'again');
      }
      await field.core.deleteNamespacedPod({ namespace: field.namespace, name: 'again' });
    }
    await field.createPod('again');
    await untilGates(field, 'again');
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
  });
});
