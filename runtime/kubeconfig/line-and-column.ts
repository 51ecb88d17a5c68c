/** The place of an offset in a text, in words for a person. */
export function lineAndColumn(offset: number, text: string): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
