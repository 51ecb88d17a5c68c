import { expect, test } from 'vitest';
import { Choice, Expression, get, type Path, put, type TemplateNode } from '../../helm/template-node.ts';

const pod: TemplateNode = { containers: [{ name: 'a' }, { name: 'b', args: ['x'] }] };

test('finds by keys and by the names of items', () => {
  expect(get(pod, ['containers', { name: 'b' }, 'args'])).toEqual(['x']);
});

test('puts something else there, in a copy', () => {
  const args = new Expression('.Values.args');
  expect(put(pod, ['containers', { name: 'b' }, 'args'], args)).toEqual({
    containers: [{ name: 'a' }, { name: 'b', args }],
  });
  expect(get(pod, ['containers', { name: 'b' }, 'args'])).toEqual(['x']);
});

test.each<[Path]>([
  [['containers', { name: 'c' }]],
  [['containers', { name: 'a' }, 'args']],
  [['containers', 'a']],
  [[{ name: 'a' }]],
])('finds nothing at %j, and says so', (path) => {
  expect(() => get(pod, path)).toThrow(`the manifests have no`);
  expect(() => put(pod, path, 'x')).toThrow(`the manifests have no`);
});

test('an expression and a choice have nothing in them to find', () => {
  expect(() => get(new Expression('x'), ['pipeline'])).toThrow('the manifests have no');
  expect(() => get(new Choice(), ['cases'])).toThrow('the manifests have no');
});
