import type { Steps } from './steps.ts';

/** Something that a run created could not be removed. The owner of the machine or cluster must know this. */
export class CleanUpError extends Error {
  override readonly name = 'CleanUpError';
}

/**
 * Cleans up after the work, even if the work fails. If the cleaning fails, throws its error together with the work's
 * error.
 *
 * @param cleanUp returns what it removed, for people
 */
export async function cleaningUp(
  steps: Steps,
  cleanUp: () => Promise<string>,
  work: () => Promise<void>,
): Promise<void> {
  const failed = await work().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  try {
    await steps.run('clean up', async () => ({ summary: await cleanUp(), value: undefined }));
  } catch (error) {
    const first = failed === undefined ? '' : `${failed.message}\n`;
    throw new CleanUpError(`${first}${(error as Error).message}`);
  }
  if (failed) {
    throw failed;
  }
}
