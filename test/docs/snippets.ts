import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Snippet {
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced code blocks of what users read. */
export async function snippets(language: string): Promise<Snippet[]> {
  const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  const files = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => join('docs', name))];
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')));
  return texts.flatMap((text, i) =>
    [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .map(([, found = '', body = '']) => ({ file: files[i] ?? '', language: found, text: body }))
      .filter((snippet) => snippet.language === language),
  );
}
