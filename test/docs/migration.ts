import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Row, table } from './tables.ts';

export const MIGRATION = 'docs/migration.md';

/** What proves the rows of a table, by what the original had. */
export type Proofs = Readonly<Record<string, () => void | Promise<void>>>;

/** The rows of the table below a heading. */
export function rowsOf(heading: string): Promise<Row[]> {
  return table(MIGRATION, 'original', heading);
}

/** The headings below which there is such a table. */
export async function headings(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../..', MIGRATION), 'utf8');
  return text
    .split(/^#+ /m)
    .filter((section) => /^\| original \|/m.test(section))
    .map((section) => section.split('\n')[0] ?? '');
}

/** A proof by other tests, which have to be there: their titles by their file. */
export function testedIn(tests: Readonly<Record<string, readonly string[]>>): () => Promise<void> {
  return async () => {
    for (const [file, titles] of Object.entries(tests)) {
      expect(await titlesIn(file), file).toEqual(expect.arrayContaining([...titles]));
    }
  };
}

/** Of bats, and of vitest. */
async function titlesIn(file: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../..', file), 'utf8');
  const tests = file.endsWith('.bats') ? /^@test (")(.*)" \{$/gm : /^ *test\((['"])(.*)\1, /gm;
  return [...text.matchAll(tests)].map(([, , title = '']) => title);
}

/** Has each row of these tables proved, and no row without a proof, and no proof without a row. */
export function prove(tables: Readonly<Record<string, Proofs>>): void {
  describe.each(Object.entries(tables))('%s', (heading, proofs) => {
    test('has a proof for each row, and a row for each proof', async () => {
      expect((await rowsOf(heading)).map(({ original }) => original)).toEqual(Object.keys(proofs));
    });

    test.each(Object.entries(proofs))('%s', (_, proof) => proof());
  });
}
