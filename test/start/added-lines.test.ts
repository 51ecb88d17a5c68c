import { expect, test } from 'vitest';
import { addedLines } from '../../start/added-lines.ts';

const BEFORE = '# mine\nclusters:\n  - a # the first\nusers: []\n';

/** What is left without the added lines. */
const kept = (after: string) =>
  addedLines(BEFORE, after)
    .filter(({ added }) => !added)
    .map(({ text }) => text)
    .join('\n');

test('tells the added lines from those that were there', () => {
  const after = '# mine\nclusters:\n  - a # the first\n  - b\nusers: []\n';
  expect(addedLines(BEFORE, after)).toEqual([
    { text: '# mine', added: false },
    { text: 'clusters:', added: false },
    { text: '  - a # the first', added: false },
    { text: '  - b', added: true },
    { text: 'users: []', added: false },
    { text: '', added: false },
  ]);
  expect(kept(after)).toBe(BEFORE);
});

test('without a change nothing is added', () => {
  expect(kept(BEFORE)).toBe(BEFORE);
});

test.each([
  [
    'a comment is gone',
    '# mine\nclusters:\n  - a\nusers: []\n',
    'line 3 was changed, moved or removed:   - a # the first',
  ],
  [
    'a space is gone',
    '# mine\nclusters:\n  - a  # the first\nusers: []\n',
    'line 3 was changed, moved or removed',
  ],
  [
    'lines have changed places',
    'clusters:\n# mine\n  - a # the first\nusers: []\n',
    'line 2 was changed, moved or removed',
  ],
  [
    'the last line break is gone',
    '# mine\nclusters:\n  - a # the first\nusers: []',
    'line 5 was changed, moved or removed',
  ],
  ['all is gone', '', 'line 1 was changed, moved or removed'],
])('refuses where %s', (_, after, message) => {
  expect(() => addedLines(BEFORE, after)).toThrow(message);
});
