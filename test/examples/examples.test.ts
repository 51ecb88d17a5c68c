import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const EXAMPLES = join(import.meta.dirname, '../../examples');

const folders = (await readdir(EXAMPLES, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are examples, and README.md leads to each', async () => {
  expect(folders.length).toBeGreaterThan(1);
  const readme = await readFile(join(EXAMPLES, 'README.md'), 'utf8');
  for (const name of folders) {
    expect(readme).toContain(`[${name}](${name}/main.ts)`);
  }
});

test.each(folders)('%s depends on the versions that the tests run it with', async (name) => {
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(EXAMPLES, name, 'package.json'), 'utf8'),
  );
  const installed = { ...packageJson.devDependencies, 'cdk8s-multisite': packageJson.version };
  expect(installed).toMatchObject({ ...dependencies, ...devDependencies });
});
