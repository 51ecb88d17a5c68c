import { describe, expect, test } from 'vitest';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { readEntry } from '../../../runtime/kubeconfig/read-entry.ts';
import { central } from './central.ts';
import { UNREADABLE } from './documents-not-to-read.ts';

describe('a document that its readers cannot read is refused, with the place', () => {
  test.each(Object.entries(UNREADABLE))('%s', (_, [text, message]) => {
    expect(() => mergeEntry(text, central)).toThrow(
      expect.objectContaining({ name: 'RefusedError', message: expect.stringMatching(message) }),
    );
  });

  test('also where it has the entry already', () => {
    const { text } = mergeEntry('', central);
    expect(mergeEntry(text, central).changes).toEqual([]);
    expect(() => mergeEntry(text.replace('preferences: {}', 'preferences: []'), central)).toThrow(
      '"preferences" is not a mapping',
    );
  });

  test('the place is that in the text as somebody wrote it', () => {
    const { text } = mergeEntry('', { ...central, token: 'old' });
    const line = text.slice(0, text.indexOf('preferences')).split('\n').length;
    expect(() => mergeEntry(text.replace('preferences: {}', 'preferences: []'), central)).toThrow(
      `(line ${line}, column 14)`,
    );
  });
});

describe('what is mended by the entry is no reason to refuse it', () => {
  test.each([
    ['our token, which is a number', 'users: [{name: user00, user: {token: 12}}]\n'],
    ['our server, which is null', 'clusters: [{name: central, cluster: {server: null}}]\n'],
  ])('%s', (_, text) => {
    expect(mergeEntry(text, central).changes).not.toEqual([]);
  });
});

describe('what kubectl takes for nothing is nothing', () => {
  test.each(['null\n', '~', '# a\nnull # b\n', '---\nNULL\n'])('%j begins a new document', (text) => {
    const merged = mergeEntry(text, central);
    expect(merged.changes).toEqual(['new document']);
    expect(mergeEntry(merged.text, central).changes).toEqual([]);
    expect(merged.text.startsWith(text.replace(/null|~|NULL/, '').trimEnd())).toBe(true);
  });

  test.each(['---\n', '---', '--- \n\n', '---\n---\n'])('an empty document at the end goes: %j', (end) => {
    const { text } = mergeEntry('# sites\n', central);
    expect(mergeEntry(text + end, central)).toEqual({
      text,
      changes: ['an empty document at the end removed'],
    });
  });

  test('an entry is read with one, too', () => {
    const { text } = mergeEntry('', central);
    expect(readEntry(`${text}---\n`, central.location, central.user).token).toBe(central.token);
  });

  test('a second document does not', () => {
    const { text } = mergeEntry('', central);
    expect(() => mergeEntry(`${text}---\n# a\nx: 1\n`, central)).toThrow(/MULTIPLE_DOCS/);
  });
});
