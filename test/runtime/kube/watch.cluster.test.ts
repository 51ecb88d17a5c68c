import { beforeEach, expect, inject, test } from 'vitest';
import { systemClock } from '../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { createTransport, type Transport } from '../../../runtime/kube/transport.ts';
import { watchDataObject } from '../../../runtime/kube/watch.ts';
import { allow } from '../../support/allow.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { CONFIG_MAP, createSite, type Site } from '../../support/site.ts';
import { unaborted } from '../../support/unaborted.ts';

let site: Site;
let transport: Transport;
let resourceVersion: string;

beforeEach(async () => {
  site = await createSite();
  await allow(site, 'configmaps', CONFIG_MAP, 'watch');
  resourceVersion = (await site.configMap()).metadata?.resourceVersion ?? '';
  const { host, port, ca } = inject('controlPlane');
  transport = createTransport(
    () => bearerConnection(apiServerAt(host, port, ca), site.token),
    'test',
    systemClock,
  );
  return () => transport.close();
});

function watch(onSeen: (resourceVersion: string, changed: boolean) => void, times = {}): Promise<void> {
  const ref = { kind: 'ConfigMap', namespace: site.namespace, name: CONFIG_MAP } as const;
  const options = { resourceVersion, timeoutSeconds: 2, idleMs: 10_000, ...times };
  return watchDataObject(transport, ref, options, onSeen, unaborted);
}

test('tells of a change, and resolves when the server ends it', async () => {
  const seen: unknown[] = [];
  const ended = watch((version, changed) => void seen.push([version, changed]));
  const written = await site.setDocument('kind: Config\n');
  await ended;
  expect(seen[0]).toEqual([written.metadata?.resourceVersion, true]);
});

/** From now on whatever is asked for is answered with that. */
async function answerWith(body: string): Promise<void> {
  const proxy = await startFaultProxy(() => ({ kind: 'answer', status: 200, body }));
  const server = apiServerAt('127.0.0.1', Number(proxy.env.KUBERNETES_SERVICE_PORT), proxy.ca);
  transport.close();
  transport = createTransport(() => bearerConnection(server, site.token), 'test', systemClock);
}

test('a bookmark is no change', async () => {
  const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '7' } } };
  await answerWith(`${JSON.stringify(bookmark)}\n`);
  const seen: unknown[] = [];
  await watch((version, changed) => void seen.push([version, changed]));
  expect(seen).toEqual([['7', false]]);
});

test.each(['null', '{}', '{"type": "ADDED"}', '{"type": "ADDED", "object": null}', '{"type": "ADDED", "obj'])(
  'an answer of %s holds no events',
  async (line) => {
    await answerWith(`${line}\n`);
    await expect(watch(() => {})).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringContaining('something else than events'),
    });
  },
);

test('from no resourceVersion on it tells first of what is there', async () => {
  const seen: unknown[] = [];
  await watch((version, changed) => void seen.push([version, changed]), { resourceVersion: '' });
  expect(seen[0]).toEqual([resourceVersion, true]);
});

test('a connection on which nothing comes any more is given up', async () => {
  const silence = watch(() => {}, { timeoutSeconds: 60, idleMs: 300 });
  await expect(silence).rejects.toMatchObject({
    name: 'UnreachableError',
    message: expect.stringContaining('no answer within 0.3 s'),
  });
});
