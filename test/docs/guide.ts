import type { Snippet } from './snippets.ts';

/** A snippet that makes no app of its own goes into the first one of its document, as the document says. */
export function programOf(snippet: Snippet, all: readonly Snippet[]): string {
  const first = all.find(({ file }) => file === snippet.file);
  if (first === undefined || isWhole(snippet)) {
    return snippet.text;
  }
  return inserted([snippet], first);
}

/** One program of all that goes into the first one of a document. */
export function wholeProgramOf(file: string, all: readonly Snippet[]): string {
  const [first, ...others] = all.filter((snippet) => snippet.file === file);
  if (first === undefined) {
    throw new Error(`${file} has no snippet`);
  }
  return inserted(
    others.filter((snippet) => !isWhole(snippet)),
    first,
  );
}

function isWhole({ text }: Snippet): boolean {
  return text.includes('new App(');
}

/** With the imports at the top, each once. */
function inserted(snippets: readonly Snippet[], into: Snippet): string {
  if (!into.text.includes('app.synth();')) {
    throw new Error(`the first snippet of ${into.file} ends otherwise`);
  }
  const lines = snippets.flatMap(({ text }) => text.split('\n'));
  const isImport = (line: string) => line.startsWith('import ');
  const imports = new Set(lines.filter(isImport));
  const body = lines.filter((line) => !isImport(line)).join('\n');
  return [...imports, into.text.replace('app.synth();', `${body}\napp.synth();`)].join('\n');
}

/** One that is there to be refused has the name of a file of its own. */
export function isOfMistakes({ text }: Snippet): boolean {
  return text.startsWith('// mistakes.ts\n');
}
