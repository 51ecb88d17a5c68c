/** A signal that nobody aborts. */
export const unaborted: AbortSignal = new AbortController().signal;
