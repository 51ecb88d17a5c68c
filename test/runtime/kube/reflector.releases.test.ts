import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COLD_START_TIMEOUT_MS,
  type ControlPlane,
  startControlPlane,
} from '../../../devcluster/control-plane/control-plane.ts';
import { createCollection } from '../../support/collection.ts';
import { type Fault, startFaultProxy } from '../../support/fault-proxy.ts';
import { reflect } from '../../support/reflection.ts';

describe.each([
  ['oldest', 'pages'],
  ['newest', 'a stream'],
] as const)('the %s release lists by %s', (release, how) => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ release });
  }, COLD_START_TIMEOUT_MS);
  afterAll(() => controlPlane.stop());

  test('and tells what happens then', async () => {
    const collection = await createCollection(controlPlane);
    await collection.create('a', 'b', 'c');
    const proxy = await startFaultProxy(() => ({ kind: 'pass' }), { upstream: controlPlane });
    const reflection = reflect(proxy, collection, { limits: { pageSize: 2 } });
    await reflection.tells('synced');
    await collection.change('a');
    await collection.delete('b');
    await collection.deselect('c');
    await reflection.tells('deleted c');
    expect(reflection.told).toEqual([
      ...['applied a', 'applied b', 'applied c', 'synced'],
      ...['applied a', 'deleted b', 'deleted c'],
    ]);
    const isPage = (line: string) => line.includes('limit=');
    expect(proxy.requests.filter(isPage)).toHaveLength(how === 'pages' ? 2 : 0);
  });

  test('watching only, it tells the state where that begins anew', async () => {
    const collection = await createCollection(controlPlane, undefined, ['watch']);
    await collection.create('a');
    const gone: Fault = { kind: 'answer', status: 410, body: '{}' };
    const proxy = await startFaultProxy((_, count) => (count === 1 ? gone : { kind: 'pass' }), {
      upstream: controlPlane,
    });
    const { resource, namespace } = collection.selection;
    const reflection = reflect(proxy, collection, {
      selection: { resource, namespace, name: 'a' },
      from: '1',
    });
    await reflection.tells('applied a');
    await collection.delete('a');
    await reflection.tells('deleted a');
    expect(reflection.told).toEqual(['failed 410', 'applied a', 'deleted a']);
  });
});
