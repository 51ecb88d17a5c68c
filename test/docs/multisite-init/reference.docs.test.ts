import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { APPLY, createNamespace, kubectl } from '../../src/kubectl.ts';
import { openBook } from '../book.ts';

test('the API server takes the manifests of reference.md', async () => {
  const book = await openBook('docs/multisite-init/reference.md');
  const namespace = `reference-${randomBytes(4).toString('hex')}`;
  const manifests = book.take('yaml', '# rbac.yaml\n');
  await createNamespace(namespace);
  await kubectl(APPLY, manifests.replaceAll('namespace: reports', `namespace: ${namespace}`));
  expect(book.rest('sh', 'yaml')).toEqual([]);
});
