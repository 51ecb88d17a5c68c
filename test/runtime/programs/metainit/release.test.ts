import { expect, test } from 'vitest';
import type { Pod } from '../../../../runtime/programs/metainit/held-pod.ts';
import { describeRelease, releaseFields, releaseOf } from '../../../../runtime/programs/metainit/release.ts';
import { releaseEvent } from '../../../../runtime/programs/metainit/release-event.ts';
import { releasePatch } from '../../../../runtime/programs/metainit/release-patch.ts';

const POD = { namespace: 'apps', name: 'web', uid: '1', gates: ['a.example/x', 'b.example/y'] };
const NOW = Date.parse('2030-01-01T00:00:12.345Z');

/** The pod after the removal. */
function after(
  gates: readonly string[] = [],
  creationTimestamp: string | undefined = '2030-01-01T00:00:00Z',
): Pod {
  return {
    metadata: { ...(creationTimestamp && { creationTimestamp }) },
    spec: { schedulingGates: gates.map((name) => ({ name })) },
  };
}

test('a patch deletes each gate by its name, of the pod with that uid, and has nothing else', () => {
  expect(releasePatch(POD)).toStrictEqual({
    metadata: { uid: '1' },
    spec: {
      schedulingGates: [
        { $patch: 'delete', name: 'a.example/x' },
        { $patch: 'delete', name: 'b.example/y' },
      ],
    },
  });
});

test('a release says what was removed, from which pod, and how long that was held', () => {
  const release = releaseOf(POD, after(), NOW);
  expect(describeRelease(release)).toBe(
    'removed a.example/x, b.example/y from pod apps/web, which was held for 12.3 s',
  );
  expect(releaseFields(release)).toEqual({
    namespace: 'apps',
    pod: 'web',
    uid: '1',
    gates: 'a.example/x,b.example/y',
    heldSeconds: 12.3,
    remainingGates: '',
  });
});

test.each([
  [['c'], '; c still holds it'],
  [['c', 'd'], '; c, d still hold it'],
])('a release that leaves %j says so', (remaining, words) => {
  const release = releaseOf(POD, after(remaining), NOW);
  expect(describeRelease(release)).toContain(words);
  expect(releaseFields(release).remainingGates).toBe(remaining.join(','));
});

test('a clock that is behind the API server, or a pod without a time, makes no negative time', () => {
  expect(releaseOf(POD, after([], '2030-01-01T00:00:13Z'), NOW).heldMs).toBe(0);
  expect(releaseOf(POD, after([], ''), NOW).heldMs).toBe(0);
});

test('an Event is named after pod and program: once for all replicas', () => {
  const release = releaseOf(POD, after(), NOW);
  expect(releaseEvent(release, undefined, 'node-1', NOW)).toMatchObject({
    metadata: { namespace: 'apps', name: '1.metainit' },
    involvedObject: { kind: 'Pod', namespace: 'apps', name: 'web', uid: '1' },
    reason: 'Released',
    message: describeRelease(release),
    source: { component: 'metainit', host: 'node-1' },
    lastTimestamp: '2030-01-01T00:00:12Z',
  });
  const other = releaseEvent(releaseOf(POD, after(), NOW + 5000), undefined, 'node-2', NOW + 5000);
  expect(other.metadata?.name).toBe('1.metainit');
});

test('programs that remove different gates have Events of their own', () => {
  const release = releaseOf(POD, after(), NOW);
  const name = (...gates: string[]) => releaseEvent(release, new Set(gates), 'node-1', NOW).metadata?.name;
  expect(name('a', 'b')).toBe(name('b', 'a'));
  expect(new Set(['1.metainit', name('a'), name('b'), name('a', 'b')]).size).toBe(4);
  expect(name('a')).toMatch(/^1\.metainit\.[\da-f]{8}$/);
});

test('the message of an Event is cut to what the API server takes', () => {
  const pod = { ...POD, gates: Array.from({ length: 100 }, (_, index) => `example.com/gate-${index}`) };
  const { message } = releaseEvent(releaseOf(pod, after(), NOW), undefined, 'node-1', NOW) as {
    message?: string;
  };
  expect(message).toHaveLength(1024);
});
