/** A line of a document, and whether it is new compared with an earlier version of the document. */
export interface Line {
  readonly text: string;
  readonly added: boolean;
}

/**
 * Proves that lines were only added to a document: without the added lines, the document equals the earlier version,
 * byte for byte.
 *
 * @throws with the first line of the earlier version that was changed, moved or removed
 */
export function addedLines(before: string, after: string): Line[] {
  const kept = before.split('\n');
  let next = 0;
  const lines = after.split('\n').map((text) => {
    const added = next === kept.length || text !== kept[next];
    if (!added) {
      next += 1;
    }
    return { text, added };
  });
  if (next < kept.length) {
    throw new Error(`line ${next + 1} was changed, moved or removed: ${kept[next]}`);
  }
  return lines;
}
