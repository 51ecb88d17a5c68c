import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Snippet {
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced code blocks of what users read, those within lists too. */
export async function snippets(language: string): Promise<Snippet[]> {
  const all: Snippet[] = [];
  for await (const file of glob('{README,CONTRIBUTING,docs/**/*}.md', { cwd: ROOT })) {
    all.push(...(await snippetsOf(file)));
  }
  return all.filter((snippet) => snippet.language === language);
}

/** The fenced code blocks of one document, by its path in the repository. */
export async function snippetsOf(file: string): Promise<Snippet[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', body = '']) => ({
      file,
      language,
      text: body.replace(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}
