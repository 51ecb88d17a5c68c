import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { codes } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');

const documents: string[] = [];
for await (const file of glob('docs/{architecture.md,decisions/*.md}', { cwd: ROOT })) {
  documents.push(file);
}

/** What a document names of the repository; not what it has a placeholder in, or what is not committed. */
async function named(file: string): Promise<string[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const folders =
    /^(src|runtime|devcluster|start|bench|helm|cloudify-manager|engines|examples|dist|test|docs)\//;
  return codes(text.replace(/^```[\s\S]*?^```$/gm, '')).filter(
    (code) => folders.test(code) && !/[<*]/.test(code),
  );
}

test('there are decisions, and all of them are in the index', async () => {
  const index = await readFile(join(ROOT, 'docs/decisions/README.md'), 'utf8');
  const linked = [...index.matchAll(/^- \[.*\]\(([\w-]+\.md)\): /gm)].map(
    ([, file]) => `docs/decisions/${file}`,
  );
  const decisions = documents.filter((file) => !/(architecture|README)\.md$/.test(file));
  expect(decisions.length).toBeGreaterThan(20);
  expect(linked.toSorted()).toEqual(decisions.toSorted());
});

test.each(documents)('each file and folder that %s names is there', async (file) => {
  const missing = (await named(file)).filter((path) => !existsSync(join(ROOT, path)));
  expect(missing).toEqual([]);
});

test.each(documents)('each npm script that %s names exists', async (file) => {
  const text = await readFile(join(ROOT, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) {
    expect(packageJson.scripts).toHaveProperty([name]);
  }
});

test('the map names files and folders', async () => {
  expect((await named('docs/architecture.md')).length).toBeGreaterThan(25);
});

test.each(documents.filter((file) => !/(architecture|README)\.md$/.test(file)))(
  '%s has context, decision and consequence',
  async (file) => {
    const text = await readFile(join(ROOT, file), 'utf8');
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequence',
    ]);
  },
);
