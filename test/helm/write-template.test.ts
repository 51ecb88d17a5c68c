import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Choice, Expression, type TemplateMap } from '../../helm/template-node.ts';
import { writeTemplate } from '../../helm/write-template.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom('Köln', '東京', '\u00a0'),
  fc.constantFrom(
    'on',
    'No',
    '1:20',
    '0x1f',
    '017',
    '1e3',
    '~',
    '',
    ' ',
    '- a',
    'a: b',
    '#',
    '\n',
    '{}',
    '<<',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

/** No manifest merges maps. */
const key = fc.string({ maxLength: 8 }).filter((text) => text !== '<<');

/** As manifests are: no list is directly in a list, and no document is deep. */
const { map } = fc.letrec<{ map: TemplateMap; value: unknown }>((tie) => ({
  map: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<TemplateMap>,
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(fc.oneof(scalar, tie('map')), { maxLength: 3 }),
    tie('map'),
  ),
}));

test('reads as what was written, by YAML 1.1 and 1.2', () => {
  fc.assert(
    fc.property(map, (data) => {
      const text = writeTemplate(data);
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(text, { version, merge: false, prettyErrors: false }) ?? {}).toEqual(data);
      }
    }),
  );
});

test('writes expressions as Helm reads them', () => {
  expect(writeTemplate({ name: new Expression('.Values.name | toJson'), args: [new Expression('x')] })).toBe(
    'name: {{ .Values.name | toJson }}\nargs:\n  - {{ x }}\n',
  );
});

test('writes what is there on a condition', () => {
  const choice = new Choice(
    { condition: 'eq .a 1', node: { name: 'one' } },
    { condition: '.b', node: { name: 'b' } },
  );
  expect(writeTemplate({ list: [choice, { first: choice }] }, '.there')).toBe(
    `{{- if .there }}
list:
  {{- if eq .a 1 }}
  - name: one
  {{- else if .b }}
  - name: b
  {{- end }}
  - {{- if eq .a 1 }}
    first:
      name: one
    {{- else if .b }}
    first:
      name: b
    {{- end }}
{{- end }}
`,
  );
});

test('refuses a list in a list, which no manifest has', () => {
  expect(() => writeTemplate({ list: [['x']] })).toThrow('a list has nothing but maps and scalars here');
});
