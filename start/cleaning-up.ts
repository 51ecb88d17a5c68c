import type { Steps } from './steps.ts';

/** Something that a run created could not be removed again: whoever owns the place has to know. */
export class CleanUpError extends Error {
  override readonly name = 'CleanUpError';
}

/**
 * Cleans up whether the work succeeds or fails. Throws what could not be cleaned up, together with the work's error.
 *
 * @param cleanUp says what it removed
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
    await steps.run('clean up', async () => ({ said: await cleanUp(), value: undefined }));
  } catch (error) {
    const first = failed === undefined ? '' : `${failed.message}\n`;
    throw new CleanUpError(`${first}${(error as Error).message}`);
  }
  if (failed) {
    throw failed;
  }
}
