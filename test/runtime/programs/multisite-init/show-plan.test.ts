import { describe, expect, test } from 'vitest';
import { coloured, diff } from '../../../../runtime/programs/multisite-init/show-plan.ts';

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('');

describe('the diff', () => {
  test('has three lines around a change, and the name of the document on both sides', () => {
    const before = lines('kind: Config', 'a: 1', 'b: 2', 'c: 3', 'd: 4', 'e: 5');
    const after = lines('kind: Config', 'a: 1', 'b: 2', 'c: 3', 'd: 4', 'e: 6');
    expect(diff('configmap n/c, key k', before, after).split('\n')).toEqual([
      '--- configmap n/c, key k',
      '+++ configmap n/c, key k',
      '@@ -3,4 +3,4 @@',
      ' b: 2',
      ' c: 3',
      ' d: 4',
      '-e: 5',
      '+e: 6',
    ]);
  });

  test('of a first document is against nothing', () => {
    expect(diff('configmap n/c, key k', '', lines('kind: Config')).split('\n')).toEqual([
      '--- /dev/null',
      '+++ configmap n/c, key k',
      '@@ -0,0 +1,1 @@',
      '+kind: Config',
    ]);
  });

  test('shows that a credential changes, and neither of its values', () => {
    const document = (token: string) => lines('users:', '- name: a', `  user: {token: ${token}}`);
    const text = diff('name', document('first-token'), document('second-token'));
    expect(text).toContain('-  user: {token: (redacted 1)}\n+  user: {token: (redacted 2)}');
  });

  test('shows where only a line break is missing', () => {
    expect(diff('name', 'kind: Config', lines('kind: Config', 'a: 1'))).toContain(
      'No newline at end of file',
    );
  });
});

test('colours tell what goes, what comes and where', () => {
  const text = ['--- name', '+++ name', '@@ -1,2 +1,2 @@', ' a', '-b', '+c', '--d', '+', ''];
  expect(coloured(text.join('\n')).split('\n')).toEqual([
    '\u001b[1m--- name\u001b[22m',
    '\u001b[1m+++ name\u001b[22m',
    '\u001b[36m@@ -1,2 +1,2 @@\u001b[39m',
    ' a',
    '\u001b[31m-b\u001b[39m',
    '\u001b[32m+c\u001b[39m',
    '\u001b[31m--d\u001b[39m',
    '\u001b[32m+\u001b[39m',
    '',
  ]);
});
