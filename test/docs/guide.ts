import type { Snippet } from './snippets.ts';

/** A snippet that makes no app of its own goes into the first one of its document, as the document says. */
export function programOf(snippet: Snippet, all: readonly Snippet[]): string {
  const first = all.find(({ file }) => file === snippet.file);
  if (first === undefined || snippet.text.includes('new App(')) return snippet.text;
  if (!first.text.includes('app.synth();'))
    throw new Error(`the first snippet of ${first.file} ends otherwise`);
  const lines = snippet.text.split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  const body = lines.filter((line) => !isImport(line)).join('\n');
  return [...lines.filter(isImport), first.text.replace('app.synth();', `${body}\napp.synth();`)].join('\n');
}

/** One that is there to be refused has the name of a file of its own. */
export function isOfMistakes({ text }: Snippet): boolean {
  return text.startsWith('// mistakes.ts\n');
}
