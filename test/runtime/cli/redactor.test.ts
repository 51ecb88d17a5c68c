import { expect, test } from 'vitest';
import { createRedactor } from '../../../runtime/cli/redactor.ts';

const SECRET = 'hush-"hush"\\1';

function redact(text: string): string {
  const redactor = createRedactor();
  redactor.addSecret(SECRET);
  return redactor.redact(text);
}

test.each([
  ['as it is, each time', `a ${SECRET} b ${SECRET}`, 'a (redacted) b (redacted)'],
  ['in JSON', JSON.stringify({ token: SECRET }), '{"token":"(redacted)"}'],
])('hides a secret %s', (_, text, redacted) => {
  expect(redact(text)).toBe(redacted);
});

test.each([0, 1, 2, 3, 100])('hides a secret behind %i bytes in base64', (before) => {
  const plain = `${'x'.repeat(before)}${SECRET}yz`;
  const redacted = redact(Buffer.from(plain).toString('base64'));
  const [start = '', end = ''] = redacted.split('(redacted)');
  // Of the groups that it shares with its neighbours, no more than two bytes at either end.
  expect(Buffer.from(start, 'base64').toString()).not.toContain(SECRET.slice(0, 3));
  expect(Buffer.from(end, 'base64').toString()).not.toContain(SECRET.slice(-3));
  expect(redacted).toContain('(redacted)');
});

test.each([
  ['eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-nat_ure', '(redacted)'],
  ['Bearer eyJhbGciOi.eyJzdWIi.', 'Bearer (redacted)'],
  ['eyJ is no token', 'eyJ is no token'],
])('needs not to have learnt what looks like a token: %s', (text, redacted) => {
  expect(createRedactor().redact(text)).toBe(redacted);
});

test('hides the longer one of two secrets that begin alike', () => {
  const redactor = createRedactor();
  redactor.addSecret('beginning');
  redactor.addSecret('beginning-and-end');
  expect(redactor.redact('beginning-and-end, beginning')).toBe('(redacted), (redacted)');
});

test('forgets the secrets of long ago, not those that are told again', () => {
  const redactor = createRedactor();
  const secret = (i: number) => `secret-number-${i}.`;
  redactor.addSecret(secret(0));
  for (let i = 1; i <= 100; i++) {
    if (i === 50) {
      redactor.addSecret(secret(0));
    }
    redactor.addSecret(secret(i));
  }
  expect(redactor.redact(secret(0))).toBe('(redacted)');
  expect(redactor.redact(secret(1))).toBe(secret(1));
  expect(redactor.redact(secret(100))).toBe('(redacted)');
});

test('takes no ordinary words with it', () => {
  const redactor = createRedactor();
  redactor.addSecret('');
  redactor.addSecret('token');
  expect(redactor.redact('the token file')).toBe('the token file');
});
