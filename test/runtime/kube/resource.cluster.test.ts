import { beforeEach, expect, test } from 'vitest';
import {
  type CollectionRef,
  createObject,
  deleteObject,
  getObject,
  listObjects,
  patchObject,
  updateObject,
} from '../../../runtime/kube/resource.ts';
import type { Transport } from '../../../runtime/kube/transport.ts';
import { adminTransport } from '../../support/admin.ts';
import { createSite } from '../../support/site.ts';
import { unaborted } from '../../support/unaborted.ts';

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' };

let transport: Transport;
let leases: CollectionRef;

beforeEach(async () => {
  const { namespace } = await createSite();
  transport = adminTransport();
  leases = { resource: LEASES, namespace };
});

const lease = (name: string, holderIdentity: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { holderIdentity },
});

const create = (name: string) => createObject(transport, leases, lease(name, 'a'), unaborted);

test('an object of any group is created, read, replaced, patched and deleted', async () => {
  const ref = { ...leases, name: 'one' };
  const created = await create('one');
  expect(await getObject(transport, ref, unaborted)).toEqual(created);
  const { metadata } = created;
  const updated = await updateObject(transport, ref, { ...lease('one', 'b'), metadata } as object, unaborted);
  expect(updated).toMatchObject({ spec: { holderIdentity: 'b' } });
  const patch = [{ op: 'replace', path: '/spec/holderIdentity', value: 'c' }];
  const patched = await patchObject(transport, ref, 'application/json-patch+json', patch, unaborted);
  expect(patched).toMatchObject({ spec: { holderIdentity: 'c' } });
  await deleteObject(transport, ref, {}, unaborted);
  await expect(getObject(transport, ref, unaborted)).rejects.toMatchObject({
    code: 404,
    status: { reason: 'NotFound', details: { group: 'coordination.k8s.io', kind: 'leases', name: 'one' } },
  });
});

test('whoever comes second with an old version gets a conflict', async () => {
  const ref = { ...leases, name: 'one' };
  const { metadata } = await create('one');
  const update = () => updateObject(transport, ref, { ...lease('one', 'b'), metadata } as object, unaborted);
  await update();
  const { resourceVersion = '' } = metadata ?? {};
  const conflict = { code: 409, status: { reason: 'Conflict' } };
  await expect(update()).rejects.toMatchObject(conflict);
  await expect(deleteObject(transport, ref, { resourceVersion }, unaborted)).rejects.toMatchObject(conflict);
  await expect(create('one')).rejects.toMatchObject({ code: 409, status: { reason: 'AlreadyExists' } });
});

test('a collection comes in pages', async () => {
  for (const name of ['a', 'b', 'c']) {
    await create(name);
  }
  const names: (string | undefined)[] = [];
  let continueToken = '';
  do {
    const query = { limit: '2', ...(continueToken !== '' && { continue: continueToken }) };
    const page = await listObjects(transport, leases, query, unaborted);
    names.push(...page.items.map(({ metadata }) => metadata?.name));
    continueToken = page.continueToken;
  } while (continueToken !== '');
  expect(names).toEqual(['a', 'b', 'c']);
});

test('what the server rejects has its causes', async () => {
  const broken = { ...lease('A b', 'a') };
  await expect(createObject(transport, leases, broken, unaborted)).rejects.toMatchObject({
    code: 422,
    status: { reason: 'Invalid', details: { causes: [{ field: 'metadata.name' }] } },
  });
});
