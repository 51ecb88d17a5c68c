import { glob } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The filters that match no test file. Vitest would run nothing for them, and pass. */
export async function filtersWithoutFile(filters: readonly string[]): Promise<string[]> {
  const strays = new Set(filters);
  for await (const file of glob('test/**/*.test.ts', { cwd: ROOT })) {
    for (const filter of strays) {
      if (join(ROOT, file).includes(filter)) {
        strays.delete(filter);
      }
    }
  }
  return [...strays];
}
