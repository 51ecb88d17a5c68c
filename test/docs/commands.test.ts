import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { lines, RUN_ELSEWHERE } from './commands.ts';

const ROOT = join(import.meta.dirname, '../..');

test('what is run elsewhere is still in the documents', () => {
  expect(lines).toEqual(expect.arrayContaining(Object.keys(RUN_ELSEWHERE)));
});

test('CI types what a contributor is told to type', async () => {
  const script = await readFile(join(ROOT, '.ci/run'), 'utf8');
  for (const line of ['npm ci', 'npm test', 'npm run test:all -- --install']) {
    expect(script.split('\n')).toContain(line);
  }
});

test('every npm script that the documents name exists', async () => {
  const texts = await Promise.all(
    ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/packages.md', 'devcluster/README.md'].map(
      (file) => readFile(join(ROOT, file), 'utf8'),
    ),
  );
  const named = texts.flatMap((text) =>
    [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) {
    expect(packageJson.scripts).toHaveProperty([name]);
  }
});
