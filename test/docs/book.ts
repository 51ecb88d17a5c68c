import { snippetsOf } from './snippets.ts';

/** The code blocks of a document, each of which is to be used. */
export interface Book {
  /** The one block of a language that has this text; it counts as used. */
  take(language: string, part: string): string;
  /** The blocks of these languages that nobody took. */
  rest(...languages: string[]): string[];
}

export async function openBook(file: string): Promise<Book> {
  const all = await snippetsOf(file);
  const taken = new Set<string>();
  return {
    take: (language, part) => {
      const [block, ...more] = all.filter(
        (snippet) => snippet.language === language && snippet.text.includes(part) && !taken.has(snippet.text),
      );
      if (!block || more.length > 0) {
        throw new Error(`${file}: ${block ? 'several blocks have' : 'no block has'} "${part}"`);
      }
      taken.add(block.text);
      return block.text;
    },
    rest: (...languages) =>
      all
        .filter(({ language, text }) => languages.includes(language) && !taken.has(text))
        .map(({ text }) => text),
  };
}
