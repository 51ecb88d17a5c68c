/** The number of pods that are released at the same time. */
export const CONCURRENCY = 16;
