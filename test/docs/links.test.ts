import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const documents = await found('{*.md,{docs,bench,examples,test,start,src,runtime}/**/*.md}');

async function found(pattern: string): Promise<string[]> {
  const files: string[] = [];
  const exclude = ['**/node_modules/**'];
  for await (const file of glob(pattern, { cwd: ROOT, exclude })) {
    files.push(file);
  }
  return files;
}

/** Without what stands in code, where brackets and parentheses mean something else. */
async function prose(file: string): Promise<string> {
  const text = await readFile(join(ROOT, file), 'utf8');
  return text
    .replace(/^ *```[\s\S]*?^ *```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[()[\]]/g, ''));
}

/** As GitHub names the headings of a document. */
async function anchorsOf(file: string): Promise<string[]> {
  const headings = [...(await prose(file)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

test('there are documents', () => {
  expect(documents).toEqual(
    expect.arrayContaining([
      'README.md',
      'docs/architecture.md',
      'docs/multisite-init/README.md',
      'docs/security.md',
    ]),
  );
});

test.each(documents)('each link of %s leads somewhere', async (file) => {
  const links = [...(await prose(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const dead: string[] = [];
  for (const link of links.filter((candidate) => !/^[a-z]+:/.test(candidate))) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
    if (!(await leads(target, anchor))) {
      dead.push(link);
    }
  }
  expect(dead).toEqual([]);
});

async function leads(target: string, anchor: string | undefined): Promise<boolean> {
  if (anchor !== undefined) {
    return (await anchorsOf(target)).includes(anchor);
  }
  return (await found(target.replace(/\/$/, ''))).length > 0;
}
