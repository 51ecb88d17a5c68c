/** Longer than any name in Kubernetes with its quotes: what is quoted of an object, or of a token. */
const NO_WORD = /\S{300,}/g;

/**
 * The beginning of a text of others, on one line and without what a terminal would obey. No word is cut: half a token is
 * one that nobody knows to hide.
 */
export function shorten(text: string, maxLength: number): string {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(NO_WORD, '…');
  return line.length <= maxLength ? line : `${line.slice(0, maxLength).replace(/\S*$/, '')}…`;
}
