/** Something that a run created could not be removed again: whoever owns the place has to know. */
export class CleanUpError extends Error {
  override readonly name = 'CleanUpError';
}
