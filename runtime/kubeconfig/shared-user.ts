import type { Data } from './data.ts';
import type { Entry } from './entry.ts';
import { RefusedError } from './refused-error.ts';

/**
 * A credential that two sites share would be overwritten for one of them by the other.
 *
 * @throws RefusedError with the flag that gives this site a user of its own
 */
export function refuseSharedUser(data: Data, entry: Entry): void {
  const users = usersOfOtherContexts(data, entry.location);
  const context = users.get(entry.user);
  if (context === undefined) return;
  let free = entry.location;
  while (users.has(free)) free += '-user';
  throw new RefusedError(
    `user "${entry.user}" belongs to context "${context}" too: its credential would be overwritten`,
    `Give this site a user of its own: --user=${/^[\w.-]+$/.test(free) ? free : `'${free.replaceAll("'", "'\\''")}'`}`,
  );
}

/** The names of the users that other sites' contexts refer to, each with one of these contexts. */
function usersOfOtherContexts(data: Data, location: string): Map<string, string> {
  const others = (data.contexts ?? []).filter(({ name }) => name !== location);
  return new Map(
    others.flatMap(({ name, context }) => (isFields(context) ? [[String(context.user), name]] : [])),
  );
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
