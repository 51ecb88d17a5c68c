import { isMap, isScalar, type YAMLMap } from 'yaml';
import { effectivePairOf, type KubeconfigDocument, listOf, pairOf, SECTIONS, stringOf } from './document.ts';
import type { Entry } from './entry.ts';
import { SharedUserError } from './refused-error.ts';
import type { Aliases } from './yaml-aliases.ts';

/**
 * Refuses a user that two sites share, because each site would overwrite the other's credential.
 *
 * @throws SharedUserError with a free name
 */
export function refuseSharedUser(document: KubeconfigDocument, entry: Entry): void {
  const users = usersOfOtherContexts(document, entry.location);
  const context = users.get(entry.user);
  if (context === undefined) {
    return;
  }
  let free = entry.location;
  while (users.has(free)) {
    free += '-user';
  }
  throw new SharedUserError(
    `user "${entry.user}" belongs to context "${context}" too: the credential of that context would be overwritten`,
    free,
  );
}

/** The users of other sites' contexts, each with one of these contexts. */
function usersOfOtherContexts(document: KubeconfigDocument, location: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const item of listOf(document.top, 'contexts')?.items ?? []) {
    const name = isMap(item) ? stringOf(item, 'name', document.aliases) : undefined;
    const user = isMap(item) ? userOf(item, document.aliases) : undefined;
    if (name !== undefined && name !== location && user !== undefined) {
      users.set(user, name);
    }
  }
  return users;
}

function userOf(item: YAMLMap, aliases: Aliases): string | undefined {
  const value = pairOf(item, SECTIONS.contexts)?.value;
  const context = aliases.get(value) ?? value;
  const named = isMap(context) ? effectivePairOf(context, 'user', aliases)?.value : undefined;
  const user = aliases.get(named) ?? named;
  return isScalar(user) ? String(user.value) : undefined;
}
