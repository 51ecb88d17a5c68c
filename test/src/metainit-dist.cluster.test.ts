import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canI, kubectl } from './kubectl.ts';

const FILES = join(import.meta.dirname, '../../dist/metainit');

test('dist/metainit/ is created by one apply, and is not changed by another', async () => {
  const versions = () => kubectl(['get', '-f', FILES, '-o', 'jsonpath={.items[*].metadata.resourceVersion}']);
  const lines = (text: string) => text.trim().split('\n');
  const created = lines(await kubectl(['apply', '-f', FILES, '--validate=strict']));
  // No controller of this control plane ends a namespace, so nothing can wait for it.
  onTestFinished(async () => {
    await kubectl(['delete', '-f', FILES, '--wait=false']);
  });
  expect(created.filter((line) => !line.endsWith(' created'))).toEqual([]);
  expect(created).toHaveLength(14);

  const before = await versions();
  await kubectl(['apply', '-f', FILES, '--validate=strict']);
  expect(await versions()).toBe(before);

  const can = (verb: string, resource: string, ...namespace: string[]) =>
    canI([verb, resource, '--as', 'system:serviceaccount:metainit:metainit', ...namespace]);
  for (const verb of ['list', 'watch', 'patch']) {
    expect(await can(verb, 'pods', '-A')).toBe(true);
  }
  expect(await can('create', 'events', '-n', 'default')).toBe(true);
  for (const verb of ['get', 'create', 'update', 'delete']) {
    expect(await can(verb, 'pods', '-n', 'metainit')).toBe(false);
  }
  expect(await can('get', 'secrets', '-n', 'metainit')).toBe(false);
});
