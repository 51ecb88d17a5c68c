import { expect, test } from 'vitest';
import { nearest } from '../../../runtime/cli/nearest-word.ts';

const KNOWN = ['namespace', 'location', 'user', 'watch', 'wait'];

test.each([
  ['namspace', 'namespace'],
  ['nameespace', 'namespace'],
  ['locatoin', 'location'],
  ['users', 'user'],
  ['wach', 'watch'],
  ['wiat', undefined],
  ['nonsense', undefined],
  ['', undefined],
])('%j is near to %s', (word, near) => {
  expect(nearest(word, KNOWN)).toBe(near);
});
