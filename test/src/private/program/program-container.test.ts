import { expect, test } from 'vitest';
import { literal } from '../../../../src/private/program/program-container.ts';

test.each([
  ['central', 'central'],
  ['ops$(HOME)', 'ops$$(HOME)'],
  ['$$', '$$$$'],
  ['{{ $.Values.site }}', '{{ $.Values.site }}'],
  ['{{ $a }}$(B){{ $c\n}}$', '{{ $a }}$$(B){{ $c\n}}$$'],
  ['{{ $', '{{ $$'],
])('%j is written %j', (text, written) => {
  expect(literal(text)).toBe(written);
});
