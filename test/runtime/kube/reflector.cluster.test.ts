import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../../devcluster/control-plane/control-plane.ts';
import { CredentialsError } from '../../../runtime/kube/errors.ts';
import { type Collection, createCollection, EVENTS } from '../../support/collection.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { HASTY_CLOCK, type Reflection, reflect } from '../../support/reflection.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

/** What a server says that has no streaming lists, in the words of 1.28. */
const NO_STREAMING: Fault = {
  kind: 'answer',
  status: 422,
  body: JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    message:
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: ' +
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    reason: 'Invalid',
    code: 422,
  }),
};

/** As a server answers of 1.36, by a code or in an event. */
const EXPIRED = {
  kind: 'Status',
  status: 'Failure',
  message: 'The resourceVersion for the provided watch is too old.',
  reason: 'Expired',
  code: 410,
};

const PASS: Fault = { kind: 'pass' };

const isWatch = (url: string) => url.includes('watch=true');
const isStream = (url: string) => url.includes('sendInitialEvents=true');

/** The query of each request that came, in their order. */
function queries({ requests }: FaultProxy): URLSearchParams[] {
  return requests.map((line) => new URL(line.split(' ')[1] ?? '', 'https://api').searchParams);
}

/** What each request was: the two kinds of lists, and watches. */
function kinds(proxy: FaultProxy): string[] {
  return queries(proxy).map((query) => {
    if (query.has('sendInitialEvents')) {
      return 'stream';
    }
    return query.has('watch') ? 'watch' : 'page';
  });
}

describe.each(['streams', 'pages'])('a list by %s', (how) => {
  /** What happens to each request that is no attempt at a streaming list in vain. */
  const through = (decide: (url: string) => Fault = () => PASS) =>
    startFaultProxy((_, __, url) => (how === 'pages' && isStream(url) ? NO_STREAMING : decide(url)));

  test('tells what is there, and then what happens', async () => {
    const collection = await createCollection(inject('controlPlane'));
    await collection.create('a', 'b', 'c');
    const reflection = reflect(await through(), collection, { limits: { pageSize: 2 } });
    await reflection.tells('synced');
    await collection.create('d');
    await collection.change('a');
    await collection.delete('b');
    await collection.deselect('c');
    await reflection.tells('deleted c');
    expect(reflection.told).toEqual([
      ...['applied a', 'applied b', 'applied c', 'synced'],
      ...['applied d', 'applied a', 'deleted b', 'deleted c'],
    ]);
    expect(reflection.names()).toEqual(['a', 'd']);
    expect([...reflection.reflector.objects.keys()].every((uid) => /^[\da-f-]{36}$/.test(uid))).toBe(true);
  });

  test('of nothing is empty', async () => {
    const reflection = reflect(await through(), await createCollection(inject('controlPlane')));
    await reflection.tells('synced');
    expect(reflection.told).toEqual(['synced']);
  });

  test('follows a silence, with what was deleted in it', async () => {
    const collection = await createCollection(inject('controlPlane'));
    await collection.create('a', 'b');
    const listed = Promise.withResolvers<void>();
    const gap = async () => {
      await collection.delete('a');
      await collection.create('c');
    };
    let lists = 0;
    const proxy = await through((url) => {
      const isList = isStream(url) || !isWatch(url);
      lists += isList ? 1 : 0;
      if (lists === 1 && isWatch(url)) {
        return { kind: 'break off', when: listed.promise, end: 'silence' };
      }
      return lists === 2 && isList ? { kind: 'pass', before: gap } : PASS;
    });
    const reflection = reflect(proxy, collection, { limits: { idleMs: 500, resumeMs: 400 } });
    await reflection.tells('synced');
    listed.resolve();
    await reflection.tells('synced', 2);
    expect(reflection.told.slice(3)).toEqual([
      'failed UnreachableError',
      ...['applied b', 'applied c', 'deleted a', 'synced'],
    ]);
    expect(reflection.errors[0]?.message).toContain('no answer within 0.5 s');
    expect(reflection.names()).toEqual(['b', 'c']);
  });

  test.each([
    ['status', { kind: 'answer', status: 410, body: JSON.stringify(EXPIRED) }],
    [
      'event',
      { kind: 'answer', status: 200, body: `${JSON.stringify({ type: 'ERROR', object: EXPIRED })}\n` },
    ],
  ] as const)('follows a 410 as %s, with what was deleted before it', async (_, gone) => {
    const collection = await createCollection(inject('controlPlane'));
    await collection.create('a', 'b');
    const broken = Promise.withResolvers<void>();
    let watches = 0;
    const proxy = await through((url) => {
      watches += isWatch(url) ? 1 : 0;
      if (watches === 1 && isWatch(url)) {
        return { kind: 'break off', when: broken.promise, end: 'reset' };
      }
      return watches === 2 && isWatch(url) ? gone : PASS;
    });
    const reflection = reflect(proxy, collection);
    await reflection.tells('synced');
    await collection.delete('a');
    // Whether or not that was told in time.
    broken.resolve();
    await reflection.tells('synced', 2);
    expect(reflection.told).toContain('failed 410');
    expect(reflection.told.filter((what) => what === 'deleted a')).toHaveLength(1);
    expect(reflection.names()).toEqual(['b']);
    expect(reflection.errors.at(-1)).toMatchObject({ code: 410, status: { reason: 'Expired' } });
  });

  test('does not follow where a watch breaks off: the next one goes on where that was', async () => {
    const collection = await createCollection(inject('controlPlane'));
    await collection.create('a');
    const broken = Promise.withResolvers<void>();
    let watches = 0;
    const proxy = await through((url) => {
      watches += isWatch(url) ? 1 : 0;
      return watches === 1 && isWatch(url) ? { kind: 'break off', when: broken.promise, end: 'reset' } : PASS;
    });
    const reflection = reflect(proxy, collection);
    await reflection.tells('synced');
    await collection.create('b');
    await reflection.tells('applied b');
    const seen = await collection.resourceVersion('b');
    proxy.closePort();
    broken.resolve();
    await reflection.tells('failed UnreachableError');
    await collection.delete('a');
    await collection.create('c');
    await proxy.openPort();
    await reflection.tells('applied c');
    const withoutFailures = reflection.told.filter((what) => !what.startsWith('failed'));
    expect(withoutFailures).toEqual(['applied a', 'synced', 'applied b', 'deleted a', 'applied c']);
    expect(queries(proxy).at(-1)?.get('resourceVersion')).toBe(seen);
    expect(kinds(proxy).at(-1)).toBe('watch');
  });

  test('keeps nothing of an object but what is asked for', async () => {
    const collection = await createCollection(inject('controlPlane'));
    await collection.create('a', 'b', 'c', 'd', 'e', 'f');
    const objects: WeakRef<object>[] = [];
    const alive = () => {
      collectGarbage();
      return objects.filter((object) => object.deref() !== undefined).length;
    };
    /** How many of them were there when the last one came. */
    let during = Number.NaN;
    const reflection = reflect(await through(), collection, {
      limits: { pageSize: 2 },
      project: (object) => {
        during = objects.length === 5 ? alive() : during;
        objects.push(new WeakRef(object));
        return object.metadata?.name ?? '';
      },
    });
    await reflection.tells('synced');
    // A WeakRef keeps its object until the end of the turn that made it, or looked.
    await new Promise(setImmediate);
    expect(alive()).toBe(0);
    expect(objects).toHaveLength(6);
    // The stream may have come in one piece.
    expect(during).toBeLessThanOrEqual(how === 'pages' ? 1 : 5);
  });
});

/** Of V8, which shows it on demand only. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

test('by pages it asks for the next one until there is none', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a', 'b', 'c', 'd', 'e');
  const proxy = await startFaultProxy((_, __, url) => (isStream(url) ? NO_STREAMING : PASS));
  const reflection = reflect(proxy, collection, { limits: { pageSize: 2 } });
  await reflection.tells('synced');
  await collection.create('f');
  await reflection.tells('applied f');
  expect(kinds(proxy)).toEqual(['stream', 'page', 'page', 'page', 'watch']);
  const pages = queries(proxy).slice(1, 4);
  expect(pages.map((query) => query.get('limit'))).toEqual(['2', '2', '2']);
  expect(pages.map((query) => query.has('continue'))).toEqual([false, true, true]);
  expect(queries(proxy).every((query) => query.get('labelSelector') === 'test=yes')).toBe(true);
  // That the server has no streaming lists is no failure.
  expect(reflection.errors).toEqual([]);
});

test('it remembers that the server has no streaming lists', async () => {
  const collection = await createCollection(inject('controlPlane'));
  let watches = 0;
  const proxy = await startFaultProxy((_, __, url) => {
    if (isStream(url)) {
      return NO_STREAMING;
    }
    watches += isWatch(url) ? 1 : 0;
    return isWatch(url) && watches === 1
      ? { kind: 'answer', status: 410, body: JSON.stringify(EXPIRED) }
      : PASS;
  });
  const reflection = reflect(proxy, collection);
  await reflection.tells('synced', 2);
  expect(kinds(proxy).slice(0, 4)).toEqual(['stream', 'page', 'watch', 'page']);
});

test('a streaming list whose end does not come is replaced by pages', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a');
  const proxy = await startFaultProxy((_, __, url) =>
    isStream(url) ? { kind: 'break off', when: Promise.resolve(), end: 'silence' } : PASS,
  );
  const reflection = reflect(proxy, collection, { limits: { streamMs: 500 } });
  await reflection.tells('synced');
  expect(reflection.told.filter((what) => what !== 'applied a')).toEqual(['synced']);
  expect(kinds(proxy).slice(0, 2)).toEqual(['stream', 'page']);
});

test('a streaming list that breaks off before its end begins anew', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a');
  let requests = 0;
  const proxy = await startFaultProxy(() => {
    requests += 1;
    return requests === 1 ? { kind: 'reset' } : PASS;
  });
  const reflection = reflect(proxy, collection);
  await reflection.tells('synced');
  expect(kinds(proxy)).toEqual(['stream', 'stream']);
  expect(reflection.told).toEqual(['failed UnreachableError', 'applied a', 'synced']);
});

test('what was deleted and created again under its name is another object', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a');
  const reflection = reflect(inject('controlPlane'), collection);
  await reflection.tells('synced');
  const before = [...reflection.reflector.objects.keys()];
  await collection.delete('a');
  await collection.create('a');
  await reflection.tells('applied a', 2);
  const after = [...reflection.reflector.objects.keys()];
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
});

describe('watching only', () => {
  async function watched(): Promise<{ collection: Collection; selection: Collection['selection'] }> {
    const collection = await createCollection(inject('controlPlane'), undefined, ['watch']);
    await collection.create('a', 'b');
    const { resource, namespace } = collection.selection;
    return { collection, selection: { resource, namespace, name: 'a' } };
  }

  test('tells what came after a resourceVersion, of the one object, with the right to watch alone', async () => {
    const { collection, selection } = await watched();
    const proxy = await startFaultProxy(() => PASS);
    const from = await collection.resourceVersion('a');
    const reflection = reflect(proxy, collection, { selection, from });
    await collection.change('b');
    await collection.change('a');
    await collection.delete('a');
    await reflection.tells('deleted a');
    expect(reflection.told).toEqual(['applied a', 'deleted a']);
    expect(kinds(proxy)).toEqual(['watch']);
    const [query] = queries(proxy);
    expect(query?.get('resourceVersion')).toBe(from);
    expect(query?.get('fieldSelector')).toBe('metadata.name=a');
    expect(query?.get('allowWatchBookmarks')).toBe('true');
  });

  test.each([
    ['status', { kind: 'answer', status: 410, body: JSON.stringify(EXPIRED) }],
    [
      'event',
      { kind: 'answer', status: 200, body: `${JSON.stringify({ type: 'ERROR', object: EXPIRED })}\n` },
    ],
  ] as const)('tells the state after a 410 as %s', async (_, gone) => {
    const { collection, selection } = await watched();
    const proxy = await startFaultProxy((__, count) => (count === 1 ? gone : PASS));
    const reflection = reflect(proxy, collection, { selection, from: '1' });
    await reflection.tells('applied a');
    expect(reflection.told).toEqual(['failed 410', 'applied a']);
    expect(queries(proxy).map((query) => query.get('resourceVersion'))).toEqual(['1', '']);
    expect(kinds(proxy)).toEqual(['watch', 'watch']);
  });

  test('tells the state after a silence, as of a server whose etcd was restored from a backup', async () => {
    const { collection, selection } = await watched();
    const proxy = await startFaultProxy(() => PASS);
    const limits = { idleMs: 500, resumeMs: 400 };
    // To the server that is of the future: it waits for it.
    const reflection = reflect(proxy, collection, { selection, from: '999999999', limits });
    await reflection.tells('applied a');
    expect(reflection.told).toEqual(['failed UnreachableError', 'applied a']);
    expect(queries(proxy)[1]?.get('resourceVersion')).toBe('');
  });
});

describe('an etcd that forgot', () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
  });
  afterAll(() => controlPlane.stop());

  /** Has etcd forget what was before now (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/). */
  async function compact(collection: Collection, name: string): Promise<void> {
    // Only what is older than the last revision can be forgotten.
    const revision = await collection.change(name);
    const path = '/v3/kv/compaction';
    const { etcdSocket: socketPath } = controlPlane;
    const body = JSON.stringify({ revision, physical: true });
    const status = await new Promise((resolve, reject) => {
      request({ socketPath, path, method: 'POST' }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end(body);
    });
    expect(status).toBe(200);
  }

  test('answers a resumed watch with a 410 in an event: it begins anew', async () => {
    const collection = await createCollection(controlPlane, EVENTS);
    await collection.create('a', 'b');
    const broken = Promise.withResolvers<void>();
    const proxy = await startFaultProxy(
      (_, count) => (count === 1 ? { kind: 'break off', when: broken.promise, end: 'reset' } : PASS),
      { upstream: controlPlane },
    );
    const reflection = reflect(proxy, collection);
    await reflection.tells('synced');
    proxy.closePort();
    broken.resolve();
    await reflection.tells('failed UnreachableError');
    await collection.delete('a');
    await collection.change('b');
    await compact(collection, 'b');
    await proxy.openPort();
    await reflection.tells('synced', 2);
    const withoutUnreachable = reflection.told.filter((what) => what !== 'failed UnreachableError');
    expect(withoutUnreachable).toEqual([
      ...['applied a', 'applied b', 'synced'],
      ...['failed 410', 'applied b', 'deleted a', 'synced'],
    ]);
    expect(proxy.answers.some((answer) => answer.startsWith('410'))).toBe(false);
  });

  test('answers a further page with status 410: it begins anew', async () => {
    const collection = await createCollection(controlPlane, EVENTS);
    await collection.create('a', 'b', 'c');
    let hasForgotten = false;
    const proxy = await startFaultProxy(
      (_, __, url) => {
        if (isStream(url)) {
          return NO_STREAMING;
        }
        if (!url.includes('continue=') || hasForgotten) {
          return PASS;
        }
        hasForgotten = true;
        const before = async () => {
          await collection.delete('a');
          await collection.change('b');
          await compact(collection, 'b');
        };
        return { kind: 'pass', before };
      },
      { upstream: controlPlane },
    );
    const reflection = reflect(proxy, collection, { limits: { pageSize: 2 } });
    await reflection.tells('synced');
    expect(proxy.answers.filter((answer) => answer.startsWith('410'))).toHaveLength(1);
    expect(reflection.told).toEqual([
      ...['applied a', 'applied b', 'failed 410'],
      ...['applied b', 'applied c', 'deleted a', 'synced'],
    ]);
  });
});

describe('pauses', () => {
  /** A reflector whose time passes only when it pauses, on a server of such answers. */
  async function pausing(answers: (count: number) => Fault, random = 1) {
    const collection = await createCollection(inject('controlPlane'));
    const clock = virtualClock(random);
    const proxy = await startFaultProxy((_, count) => answers(count));
    const reflection = reflect(proxy, collection, { clock });
    let passed = 0;
    /** Lets so many pauses pass, from the beginning on, and gives their milliseconds. */
    const pauses = async (count: number): Promise<readonly number[]> => {
      for (; passed < count; passed += 1) {
        while (clock.sleeps.length === passed) {
          await new Promise(setImmediate);
        }
        await clock.pass(clock.sleeps[passed] ?? 0);
      }
      return clock.sleeps.slice(0, count);
    };
    return { clock, collection, proxy, reflection, pauses };
  }

  const REFUSED: Fault = { kind: 'answer', status: 503, body: '' };

  test('double up to half a minute', async () => {
    const { pauses } = await pausing(() => REFUSED);
    expect(await pauses(8)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('are random', async () => {
    const { pauses } = await pausing(() => REFUSED, 0.25);
    expect(await pauses(3)).toEqual([250, 500, 1000]);
  });

  test('are no shorter than the server asks for', async () => {
    const { pauses } = await pausing(() => ({ ...REFUSED, headers: { 'retry-after': '7' } }), 0);
    expect(await pauses(2)).toEqual([7000, 7000]);
  });

  test('come also between watches that the server ends at once, as it should not', async () => {
    const { pauses } = await pausing((count) => (count === 1 ? NO_STREAMING : count === 2 ? PASS : EMPTY));
    expect(await pauses(4)).toEqual([1000, 2000, 4000, 8000]);
  });

  test('begin anew after a watch that lasted', async () => {
    const broken = Promise.withResolvers<void>();
    const { clock, reflection, pauses } = await pausing((count) =>
      count === 3 ? { kind: 'break off', when: broken.promise, end: 'reset' } : REFUSED,
    );
    expect(await pauses(2)).toEqual([1000, 2000]);
    await reflection.tells('synced');
    await clock.pass(30_000);
    broken.resolve();
    expect((await pauses(4)).slice(2)).toEqual([1000, 2000]);
  });

  test('begin anew after an event, and not after a list', async () => {
    const { pauses, proxy } = await pausing((count) => {
      const kind = kinds(proxy).at(-1);
      if (kind === 'stream') {
        return NO_STREAMING;
      }
      if (kind === 'page') {
        return PASS;
      }
      return count === 7 ? bookmark('1') : { kind: 'answer', status: 410, body: JSON.stringify(EXPIRED) };
    });
    // A list and a 410 each, then a bookmark.
    expect(await pauses(4)).toEqual([1000, 2000, 1000, 2000]);
    const expected = ['stream', 'page', 'watch', 'page', 'watch', 'page', 'watch', 'watch'];
    expect(kinds(proxy).slice(0, 8)).toEqual(expected);
  });
});

const EMPTY: Fault = { kind: 'answer', status: 200, body: '' };
const bookmark = (resourceVersion: string): Fault => ({
  kind: 'answer',
  status: 200,
  body: `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })}\n`,
});

test.each([
  [0, '300'],
  [0.5, '450'],
  [0.999, '600'],
])('with a chance of %s the server is asked to end a watch after %s s', async (random, seconds) => {
  const proxy = await startFaultProxy(() => PASS);
  const clock = { ...HASTY_CLOCK, random: () => random };
  const reflection = reflect(proxy, await createCollection(inject('controlPlane')), { clock });
  await reflection.tells('synced');
  expect(queries(proxy)[0]?.get('timeoutSeconds')).toBe(seconds);
});

test.each([
  'null',
  '{}',
  '{"type": "ADDED"}',
  '{"type": "OTHER", "object": {"metadata": {"uid": "1"}}}',
  '{"type": "ADDED", "object": {"metadata": {"name": "a"}}}',
  '{"type": "ADDED", "obj',
])('an answer of %s is a failure, and is asked for again', async (line) => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a');
  const proxy = await startFaultProxy((_, count) =>
    count === 1 ? { kind: 'answer', status: 200, body: `${line}\n` } : PASS,
  );
  const reflection = reflect(proxy, collection);
  await reflection.tells('synced');
  expect(reflection.told).toEqual(['failed UnreachableError', 'applied a', 'synced']);
});

test('a failure has what was asked for, so that the program can say which right is missing', async () => {
  const collection = await createCollection(inject('controlPlane'), undefined, ['list']);
  const { resource, namespace } = collection.selection;
  const selection = { resource, namespace, name: 'a' };
  const reflection = reflect(inject('controlPlane'), collection, { selection });
  await reflection.tells('failed 403');
  expect(reflection.errors[0]).toMatchObject({
    request: { action: { verb: 'watch', resource: 'configmaps', namespace, name: 'a' } },
  });
});

test('credentials that cannot be read are a failure that passes', async () => {
  const collection = await createCollection(inject('controlPlane'));
  let requests = 0;
  const onConnect = () => {
    requests += 1;
    if (requests === 1) {
      throw new CredentialsError('credential file', 'no token', 'Mount one.');
    }
  };
  const reflection = reflect(inject('controlPlane'), collection, { onConnect });
  await reflection.tells('synced');
  expect(reflection.told).toEqual(['failed CredentialsError', 'synced']);
});

test('a bookmark is no change, and is resumed from', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('b');
  const current = await collection.resourceVersion('b');
  const proxy = await startFaultProxy((_, count) => (count === 1 ? bookmark(current) : PASS));
  const { resource, namespace } = collection.selection;
  const selection = { resource, namespace, name: 'a' };
  const from = '999999999';
  const reflection = reflect(proxy, collection, { selection, from });
  await collection.create('a');
  await reflection.tells('applied a');
  expect(queries(proxy).map((query) => query.get('resourceVersion'))).toEqual([from, current]);
  expect(reflection.told).toEqual(['applied a']);
});

test('once its signal is aborted it ends, whatever it does', async () => {
  const reason = new Error('ended');
  const collection = await createCollection(inject('controlPlane'));
  const ends = async (reflection: Reflection) => {
    reflection.end.abort(reason);
    await expect(reflection.ended).rejects.toBe(reason);
  };
  const watching = reflect(inject('controlPlane'), collection);
  await watching.tells('synced');
  await ends(watching);
  await ends(reflect(inject('controlPlane'), collection));
  const clock = virtualClock();
  const refusing = await startFaultProxy(() => ({ kind: 'answer', status: 503, body: '' }));
  const pausing = reflect(refusing, collection, { clock });
  await pausing.tells('failed 503');
  await ends(pausing);
  expect(clock.pending()).toBe(0);
});

test('tells each watch that the server answers, and none that it refuses', async () => {
  const collection = await createCollection(inject('controlPlane'));
  const broken = Promise.withResolvers<void>();
  const proxy = await startFaultProxy((_, count) => {
    if (count === 2) {
      return { kind: 'break off', when: broken.promise, end: 'reset' };
    }
    return count === 3 ? PASS : { kind: 'answer', status: count === 1 ? 403 : 503, body: '' };
  });
  const reflection = reflect(proxy, collection);
  await reflection.tells('synced');
  expect(reflection.told).toEqual(['failed 403', 'synced']);
  expect(reflection.opened).toBe(1);
  broken.resolve();
  await reflection.tells('failed UnreachableError');
  await collection.create('a');
  await reflection.tells('applied a');
  expect(reflection.opened).toBe(2);
});

test('what its handler throws ends it', async () => {
  const collection = await createCollection(inject('controlPlane'));
  await collection.create('a');
  const bug = new TypeError('a bug');
  const project = () => {
    throw bug;
  };
  await expect(reflect(inject('controlPlane'), collection, { project }).ended).rejects.toBe(bug);
});
