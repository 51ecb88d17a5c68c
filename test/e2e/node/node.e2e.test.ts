import { expect, test } from 'vitest';
import { createNamespace, kubectl } from '../../src/kubectl.ts';
import { inNode } from '../in-node.ts';

test('a pod runs, and reaches the API server by its Service', async () => {
  await createNamespace('node-pod');
  expect(await inNode('hostname')).not.toBe('');
  expect(await kubectl(['get', 'nodes'])).toMatch(/ Ready /);
});
