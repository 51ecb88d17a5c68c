/** A line of a document, and whether it was added to an earlier form of it. */
export interface Line {
  readonly text: string;
  readonly added: boolean;
}

/**
 * Proves that a document was only added to: without the added lines it is the earlier one, byte for byte.
 *
 * @throws with the first line of the earlier one that was changed, moved or removed
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
    throw new Error(`line ${next + 1} did not stay as it was: ${kept[next]}`);
  }
  return lines;
}
