import { expect, test } from 'vitest';
import { gatesOf, heldPod, isHeld, type Pod } from '../../../../runtime/programs/metainit/held-pod.ts';

const METADATA = { namespace: 'apps', name: 'web', uid: '1' };

/** A pod with fields that nobody knows yet. */
function pod(gates: readonly string[] | undefined, more: Pod['metadata'] = {}): Pod {
  const schedulingGates = gates?.map((name) => ({ name, future: true }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...METADATA, resourceVersion: '7', ...more },
    spec: { ...(schedulingGates && { schedulingGates }), ...{ containers: [], future: { a: 1 } } },
  };
}

test('all gates of a pod are to be removed, and nothing else of it is kept', () => {
  expect(heldPod(pod(['a/b', 'c']), undefined)).toStrictEqual({ ...METADATA, gates: ['a/b', 'c'] });
});

test('of an allow-list only what the pod has is to be removed', () => {
  const only = new Set(['c', 'd', 'e']);
  expect(heldPod(pod(['a/b', 'c', 'd']), only)).toStrictEqual({ ...METADATA, gates: ['c', 'd'] });
  expect(heldPod(pod(['a/b']), only)).toBe('no gate');
});

test.each([undefined, []])('a pod with the gates %j is not held', (gates) => {
  expect(heldPod(pod(gates), undefined)).toBe('no gate');
});

test('a pod without a spec, labels or anything else is not held', () => {
  expect(heldPod({}, undefined)).toBe('no gate');
  expect(gatesOf({ metadata: METADATA })).toEqual([]);
});

test('a pod that somebody deletes is left alone', () => {
  const deleted = pod(['a/b'], { deletionTimestamp: '2030-01-01T00:00:00Z' });
  expect(heldPod(deleted, undefined)).toBe('being deleted');
});

test('says which pods are held', () => {
  expect(
    [heldPod(pod(['a']), undefined), 'no gate', 'being deleted', undefined].map((each) =>
      isHeld(each as never),
    ),
  ).toEqual([true, false, false, false]);
});
