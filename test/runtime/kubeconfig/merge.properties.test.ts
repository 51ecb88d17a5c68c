import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type DocumentOptions, parse, parseDocument, stringify, type ToStringOptions } from 'yaml';
import { parseKubeconfig } from '../../../runtime/kubeconfig/document.ts';
import type { Entry } from '../../../runtime/kubeconfig/entry.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { RefusedError } from '../../../runtime/kubeconfig/refused-error.ts';
import { whyUnreadable } from '../../../runtime/kubeconfig/why-unreadable.ts';

// Hundreds of documents a test, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Names as people choose them, and as they should not. */
const name = fc
  .oneof(fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/), fc.string({ minLength: 1, maxLength: 8 }))
  .filter((text) => text.trim() === text && text !== '' && !/[\p{Cc}\u2028\u2029]/u.test(text));

const entry = (location: string): fc.Arbitrary<Entry> =>
  fc.record({
    location: fc.constant(location),
    user: fc.constant(`user of ${location}`),
    server: fc.integer({ min: 1, max: 65535 }).map((port) => `https://10.0.0.1:${port}`),
    // PEM begins with dashes.
    certificateAuthorityData: fc.base64String().map((text) => `LS0t${text}`),
    // A JWT begins with the base64 of `{"`.
    token: fc.stringMatching(/^eyJ[\w-]{1,20}\.[\w-]{1,20}\.[\w-]{1,20}$/),
  });

/** Data of fields that this project does not write. */
const unknown = fc
  .record(
    {
      'proxy-url': fc.string(),
      namespace: fc.option(fc.string()),
      extensions: fc.array(fc.record({ name: fc.string(), extension: fc.jsonValue() }), { maxLength: 2 }),
      x: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 2 })),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((fields): Record<string, unknown> => fields);

const others = fc
  .uniqueArray(name, { maxLength: 4 })
  .chain((names) =>
    fc.tuple(...names.map((other) => fc.tuple(fc.constant(other), unknown, unknown, unknown))),
  );

/** A document of other sites, in any of the styles that YAML has for it. */
const document = fc
  .record({
    sites: others,
    missing: fc.subarray(['clusters', 'contexts', 'users'] as const),
    top: unknown,
    collectionStyle: fc.constantFrom('any', 'block', 'flow') as fc.Arbitrary<'any' | 'block' | 'flow'>,
    defaultStringType: fc.constantFrom(
      'PLAIN',
      'QUOTE_DOUBLE',
      'QUOTE_SINGLE',
      'BLOCK_LITERAL',
      'BLOCK_FOLDED',
    ) as fc.Arbitrary<NonNullable<ToStringOptions['defaultStringType']>>,
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    comment: fc.constantFrom('', '# of ours\n'),
    windows: fc.boolean(),
  })
  .map(({ sites, missing, top, comment, windows, ...style }) => {
    const data: Record<string, unknown> = {
      clusters: sites.map(([other, cluster]) => ({ name: other, cluster })),
      contexts: sites.map(([other, , context]) => ({ name: other, context: { ...context, user: other } })),
      ...top,
      users: sites.map(([other, , , user]) => ({ name: other, user })),
    };
    for (const section of missing) {
      if (sites.length === 0) {
        delete data[section];
      }
    }
    const options: ToStringOptions & DocumentOptions = { ...style, defaultKeyType: 'PLAIN' };
    const text = comment + stringify(data, options) + comment;
    return windows ? text.replaceAll('\n', '\r\n') : text;
  })
  // The library writes an empty list in block style in a way that nobody can read, and leaves quotes out that YAML 1.1 wants.
  .filter((text) => parseDocument(text).errors.length === 0 && isReadable(text));

function isReadable(text: string): boolean {
  try {
    const parsed = parseKubeconfig(text);
    return parsed === undefined || whyUnreadable(parsed, text) === undefined;
  } catch (error) {
    // Such as a key of others that is `<<`.
    expect(error).toBeInstanceOf(RefusedError);
    return false;
  }
}

const locations = fc.uniqueArray(name, { minLength: 2, maxLength: 2 });

function clusterNames(text: string): string[] {
  return parse(text)?.clusters?.map((cluster: { name: string }) => cluster.name) ?? [];
}

/** The document without the entries of these sites. */
// biome-ignore lint/suspicious/noExplicitAny: any data may be in it
function without(text: string, sites: readonly string[]): any {
  const data = parse(text) ?? {};
  for (const [section, prefix] of [
    ['clusters', ''],
    ['contexts', ''],
    ['users', 'user of '],
  ] as const) {
    const own = sites.map((site) => prefix + site);
    data[section] = (data[section] ?? []).filter((item: { name: string }) => !own.includes(item.name));
  }
  delete data['current-context'];
  return data;
}

test('merging is idempotent, and changes nothing of the others', () => {
  fc.assert(
    fc.property(
      document,
      locations.chain(([first = '']) => entry(first)),
      (text, added) => {
        fc.pre(!clusterNames(text).includes(added.location));
        const merged = mergeEntry(text, added);
        expect(mergeEntry(merged.text, added)).toEqual({ text: merged.text, changes: [] });
        expect(without(merged.text, [added.location])).toEqual(without(text, []));
        // Whatever stood in the text still stands there, in its order.
        if (/^clusters:\s+- name/m.test(text)) {
          expectSubsequence(text, merged.text);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('for distinct locations the order does not matter', () => {
  fc.assert(
    fc.property(
      document,
      locations.chain(([first = '', second = '']) => fc.tuple(entry(first), entry(second))),
      (text, [first, second]) => {
        const taken = clusterNames(text);
        fc.pre(!taken.includes(first.location) && !taken.includes(second.location));
        const byName = (merged: string) => {
          const data = parse(merged);
          for (const section of ['clusters', 'contexts', 'users']) {
            data[section].sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
          }
          delete data['current-context'];
          return data;
        };
        const one = mergeEntry(mergeEntry(text, first).text, second).text;
        const other = mergeEntry(mergeEntry(text, second).text, first).text;
        expect(byName(one)).toEqual(byName(other));
      },
    ),
    { numRuns: 200 },
  );
});

test('a changed entry is changed back to the very same text', () => {
  fc.assert(
    fc.property(
      document,
      locations.chain(([first = '']) => fc.tuple(entry(first), entry(first))),
      (text, [before, after]) => {
        fc.pre(!clusterNames(text).includes(before.location));
        const merged = mergeEntry(text, before).text;
        const changed = mergeEntry(merged, after).text;
        expect(mergeEntry(changed, before).text).toBe(merged);
      },
    ),
    { numRuns: 150 },
  );
});

function expectSubsequence(part: string, whole: string): void {
  let at = 0;
  for (const line of part.split('\n').filter((text) => text.trim() !== '' && !/^\S+: \[\s*\]/.test(text))) {
    const found = whole.indexOf(line.trimEnd(), at);
    expect(found, line).toBeGreaterThanOrEqual(0);
    at = found + line.trimEnd().length;
  }
}
