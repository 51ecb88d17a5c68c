import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../packages/root.ts';
import { run } from '../packages/run.ts';

const BATS = join(ROOT, 'node_modules/bats/bin/bats');

/** A test for each file of tests in bats. */
export function testBats(files: readonly string[], timeout: number): void {
  test.each(files)('%s', { timeout }, async (file) => {
    const said = await run(BATS, [join(ROOT, file)], { cwd: ROOT, install: 'npm ci' });
    expect(said).toMatch(/^1\.\.[1-9]/);
    expect(said).not.toMatch(/# skip/);
  });
}
