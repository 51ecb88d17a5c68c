import { UnreachableError } from './unreachable-error.ts';

/**
 * What a promise gives, if it does in time. What it waits for goes on.
 *
 * @param missing what the error says: that something was not there
 * @throws UnreachableError when it takes longer than so many milliseconds
 */
export async function within<T>(timeoutMs: number, promise: Promise<T>, missing: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new UnreachableError(`${missing} within ${timeoutMs / 1000} s`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}
