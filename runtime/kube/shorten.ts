/** A word that is longer than any quoted Kubernetes name. It may be part of an object or a token. */
const NO_WORD = /\S{300,}/g;

/**
 * The beginning of a text from elsewhere, on one line and without control characters. No word is cut, because the redactor
 * would not recognize half a token.
 */
export function shorten(text: string, maxLength: number): string {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(NO_WORD, '…');
  return line.length <= maxLength ? line : `${line.slice(0, maxLength).replace(/\S*$/, '')}…`;
}
