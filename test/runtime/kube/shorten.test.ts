import { expect, test } from 'vitest';
import { shorten } from '../../../runtime/kube/shorten.ts';

test.each([
  ['short enough', 12, 'short enough'],
  [' on\n one\t line ', 20, 'on one line'],
  ['no \u001b[31mred, no \u0007bell', 40, 'no [31mred, no bell'],
  ['a long one', 8, 'a long …'],
  ['a secret-token', 8, 'a …'],
  ['secret-token', 8, '…'],
  [`configmaps "${'a'.repeat(253)}" not found`, 1000, `configmaps "${'a'.repeat(253)}" not found`],
  [`denied ${'a'.repeat(300)} for good`, 1000, 'denied … for good'],
])('%j in %i characters is %j', (text, maxLength, short) => {
  expect(shorten(text, maxLength)).toBe(short);
});
