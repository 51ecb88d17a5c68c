import { expect, test } from 'vitest';
import { openBook } from './book.ts';
import { createWorld, runInit, until } from './two-clusters.ts';

test('the commands of docs/security.md end the token that the kubeconfig holds', async () => {
  const book = await openBook('docs/security.md');
  const world = await createWorld();
  const { desk, document } = world;
  await runInit(world);
  const whoAmI = 'kubectl --kubeconfig=before --context=central auth whoami -o name 2>&1';
  await desk.write('before', (await document()) ?? '');
  await desk.type(whoAmI);
  await desk.type(book.take('sh', 'delete serviceaccount'));
  await until(async () => expect(await desk.type(`${whoAmI} || true`)).toMatch(/logged in|Unauthorized/));
  await runInit(world);
  await desk.write('after', (await document()) ?? '');
  await desk.type(whoAmI.replace('before', 'after'));
  expect(book.rest('sh', 'yaml')).toEqual([]);
});
