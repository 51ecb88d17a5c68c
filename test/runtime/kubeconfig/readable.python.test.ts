import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { CLIENT_CONFIG, type FieldType } from '../../../runtime/kubeconfig/client-config.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { RefusedError } from '../../../runtime/kubeconfig/refused-error.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { central } from './central.ts';
import { UNREADABLE } from './documents-not-to-read.ts';
import { pythonReader } from './python-reader.ts';

/** The data of documents as both readers have it; undefined where one cannot read it. */
async function read(texts: readonly string[]): Promise<{ kubectl: unknown; python: unknown }[]> {
  const python = await pythonReader<unknown[]>(['data'], JSON.stringify(texts));
  const file = join(await temporaryFolder(), 'kubeconfig');
  const both: { kubectl: unknown; python: unknown }[] = [];
  for (const [i, text] of texts.entries()) {
    await writeFile(file, text);
    const { exitCode, stdout } = await runKubectl(file, ['config', 'view', '--raw', '--output=json']);
    both.push({
      kubectl: exitCode === 0 ? typed(JSON.parse(stdout), CLIENT_CONFIG) : undefined,
      python: typed(python[i], CLIENT_CONFIG),
    });
  }
  return both;
}

/** What of the data has a type, without what is empty. kubectl sorts by name, and adds kind, version and interactiveMode. */
function typed(value: unknown, type: FieldType): unknown {
  if (value === null || value === undefined || type === 'anything' || value === '' || value === false) {
    return undefined;
  }
  if (type === 'bytes') {
    return typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value;
  }
  const isContainer = Array.isArray(value) ? 'list' in Object(type) : typeof value === 'object';
  if (typeof type === 'string' || !isContainer || ('list' in type && !Array.isArray(value))) {
    return value;
  }
  if ('list' in type) {
    const items = (value as unknown[]).map((item) => typed(item, type.list) ?? null);
    return items.length === 0 ? undefined : items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
  const entries = Object.entries(value as object)
    .filter(([key]) => !['kind', 'apiVersion', 'interactiveMode'].includes(key))
    .map(
      ([key, one]) =>
        [key, typed(one, 'fields' in type ? (type.fields[key] ?? 'anything') : type.valuesOf)] as const,
    )
    .filter(([, one]) => one !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function nameOf(item: unknown): string {
  return (item as { name?: string } | null)?.name ?? '';
}

test('what is refused as unreadable is not read, or read differently', async () => {
  const documents = await read(Object.values(UNREADABLE).map(([text]) => text));
  const readable = Object.keys(UNREADABLE).filter((_, i) => {
    const { kubectl, python } = documents[i] ?? {};
    return kubectl !== undefined && JSON.stringify(kubectl) === JSON.stringify(python);
  });
  expect(readable).toEqual([]);
});

/** Plain text that readers take for many things, and the same in quotes. */
const scalar = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        ...[
          'no',
          'on',
          'y',
          'Yes',
          'true',
          'null',
          '~',
          '""',
          'abc',
          'a b',
          'https://10.0.0.1:6443',
          '10.0.0.1',
          '1.5',
        ],
        ...[
          '1_000',
          '0b11',
          '0b_',
          '433e40',
          '1e3',
          '012',
          '0o12',
          '08',
          '0x1F',
          '12:30',
          '1:2.5',
          '=',
          '.inf',
          '.5',
          '-',
        ],
        ...[
          '2026-11-30',
          '2026-13-45',
          '2026-11-30T10:00:00Z',
          '2026-11-30 10:00:00',
          '+1',
          '_',
          'a: b',
          'a #b',
          '<<',
          '*',
          '&a',
        ],
        ...[
          'YWJj',
          'YWJ',
          'YW Jj',
          'a\tb',
          '!!str 12',
          '!!int "12"',
          '!!binary YWJj',
          '{}',
          '[]',
          '[a]',
          '{a: b}',
          '"https:\\/\\/a"',
          '"\\\\/a"',
          '"\\ud83d\\ude00"',
          '"\\u00e9"',
          '{a: b?c}',
          '[a, b?]',
          'a?b',
          'a&b*c',
          '&a.b c',
          '&a b',
          '!secret abc',
          '!foo []',
          '!!set {a: null}',
          '!!map {a: b}',
          '{\n}',
          '@a',
          '%a',
          '?',
          '? a',
        ],
      ),
      fc.stringMatching(/^[0-9a-fx_.:eE+-]{1,6}$/),
    ),
    fc.constantFrom('', '', '', '"', "'"),
  )
  .map(([text, quote]) => (quote === '' || text.includes(quote) ? text : quote + text + quote));

const field = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), scalar).map(([name, value]) => `${name}: ${value}`);

/** Items of a section; one of a kind is more often right than wrong. */
const items = (key: string, names: readonly string[]) =>
  fc
    .array(
      fc.tuple(
        scalar,
        fc.uniqueArray(field(names), { maxLength: 3, selector: (text) => text.split(':')[0] }),
      ),
      {
        maxLength: 3,
      },
    )
    .map((list) =>
      list.flatMap(([name, fields]) => [
        `- name: ${name}`,
        fields.length === 0 ? `  ${key}: {}` : `  ${key}:`,
        ...fields.map((text) => `    ${text}`),
      ]),
    );

const section = (name: string, key: string, names: readonly string[]) =>
  items(key, names).map((lines) => (lines.length === 0 ? [] : [`${name}:`, ...lines]));

const document = fc
  .tuple(
    section('clusters', 'cluster', [
      'server',
      'tls-server-name',
      'disable-compression',
      'certificate-authority-data',
      'x',
    ]),
    section('contexts', 'context', ['cluster', 'namespace', 'x']),
    section('users', 'user', ['token', 'username', 'as', 'as-groups', 'x']),
    fc.uniqueArray(field(['current-context', 'preferences', 'x', 'extensions']), { maxLength: 1 }),
    fc.constantFrom('', '', '', '', '\t# a\n', '---\n', '# a\tb\n', '# \u0007\n', '\n \n'),
    fc.constantFrom(
      '',
      '',
      '',
      '',
      '%YAML 1.2\n---\n',
      '%YAML 1.1\n---\n',
      '%FOO a\n---\n',
      '---\n',
      '\uFEFF',
    ),
  )
  .map(([clusters, contexts, users, top, end, start]) =>
    [start, ...[...clusters, ...contexts, ...users, ...top].map((line) => `${line}\n`), end].join(''),
  );

test('whatever is written, kubectl and the Python client read, and read the same', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const written = fc.sample(document, { seed, numRuns: 3000 }).flatMap((text) => {
    try {
      return [mergeEntry(text, central).text];
    } catch (error) {
      expect(error, text).toBeInstanceOf(RefusedError);
      return [];
    }
  });
  const some = written.slice(0, 200);
  expect(some.length, `seed ${seed}`).toBeGreaterThan(50);
  for (const [i, { kubectl, python }] of (await read(some)).entries()) {
    expect({ python, seed, text: some[i] }).toEqual({ python: kubectl, seed, text: some[i] });
    expect(kubectl, `seed ${seed}: ${some[i]}`).toBeDefined();
  }
});
