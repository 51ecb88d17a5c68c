import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chartFolder } from '../support/helm-chart.ts';
import { codes, table } from './tables.ts';

/** The values that are no maps, by their names. */
function leaves(values: object, prefix = ''): [string, string][] {
  return Object.entries(values).flatMap(([key, value]): [string, string][] =>
    isMap(value) && !isEmpty(value)
      ? leaves(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, inTable(value)]],
  );
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function inTable(value: unknown): string {
  if (value === '') {
    return 'empty';
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly $ref?: string;
}

describe.each([
  ['docs/helm.md', chartFolder('cloudify-manager')],
  ['docs/metainit.md', chartFolder('metainit')],
])('%s', (page, chart) => {
  test('the values of the page are those of the chart, in the same order', async () => {
    const rows = await table(page, 'value');
    const told = rows.map((row) => [codes(row.value)[0], codes(row.default)[0] ?? row.default]);
    const values = parse(await readFile(join(chart, 'values.yaml'), 'utf8'));
    expect(told).toEqual(leaves(values));
  });

  test('each value is described in the schema, and no other is known to it', async () => {
    const schema: Schema & { readonly definitions: Readonly<Record<string, Schema>> } = JSON.parse(
      await readFile(join(chart, 'values.schema.json'), 'utf8'),
    );
    const values = parse(await readFile(join(chart, 'values.yaml'), 'utf8'));
    const check = (value: unknown, part: Schema | undefined, path: string) => {
      const definition = schema.definitions[part?.$ref?.replace('#/definitions/', '') ?? ''];
      const { properties, additionalProperties } = { ...definition, ...part };
      if (path !== '') {
        expect.soft(part?.description ?? definition?.description, path).toMatch(/\.$/);
      }
      if (!isMap(value) || isEmpty(value) || typeof additionalProperties === 'object') {
        return;
      }
      expect.soft(additionalProperties, path).toBe(false);
      const known = Object.keys(properties ?? {}).filter((key) => key !== 'global');
      expect.soft(known, path).toEqual(Object.keys(value));
      for (const [key, inner] of Object.entries(value)) {
        check(inner, properties?.[key], `${path}.${key}`);
      }
    };
    check(values, schema, '');
  });
});
