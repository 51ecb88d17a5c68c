import { isAlias, isMap, isScalar, type YAMLMap } from 'yaml';
import {
  describe,
  isNull,
  itemOf,
  type KubeconfigDocument,
  listOf,
  malformed,
  pairOf,
  parseKubeconfig,
  SECTIONS,
  type Section,
  stringOf,
} from './document.ts';
import { clusterFields, contextFields, type Entry, type Fields, namedItem, userFields } from './entry.ts';
import { RefusedError } from './refused-error.ts';
import { renderKubeconfig } from './render.ts';
import { Splice } from './splice.ts';

/** The document with the entry in it, and what had to change for that: nothing, when it was there already. */
export interface Merged {
  readonly text: string;
  readonly changes: readonly string[];
}

/**
 * Brings one site's entry into a kubeconfig. Only what the entry owns changes, in the document's own text: other
 * sites, comments, order and unknown fields survive byte for byte.
 *
 * @throws RefusedError when that cannot be done without risk to what others wrote
 */
export function mergeEntry(text: string, entry: Entry): Merged {
  const document = parseKubeconfig(text);
  if (document === undefined)
    return { text: below(text, renderKubeconfig(entry)), changes: ['new document'] };
  refuseSharedUser(document.top, entry);
  const merge = new EntryMerge(document, new Splice(text));
  merge.upsert('clusters', entry.location, clusterFields(entry));
  merge.upsert('contexts', entry.location, contextFields(entry));
  merge.upsert('users', entry.user, userFields(entry));
  merge.setCurrentContext(entry.location);
  return merge.result();
}

/** A document of comments alone keeps them on top. */
function below(text: string, rendered: string): string {
  if (text.trim() === '') return rendered;
  return text.endsWith('\n') ? text + rendered : `${text}\n${rendered}`;
}

/** A credential that two sites share would be overwritten for one of them by the other. */
function refuseSharedUser(top: YAMLMap, entry: Entry): void {
  const users = usersOfOtherContexts(top, entry.location);
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
function usersOfOtherContexts(top: YAMLMap, location: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const item of listOf(top, 'contexts')?.items ?? []) {
    if (!isMap(item)) continue;
    const name = stringOf(item, 'name');
    const context = pairOf(item, 'context')?.value;
    const user = isMap(context) ? stringOf(context, 'user') : undefined;
    if (name !== undefined && name !== location && user !== undefined) users.set(user, name);
  }
  return users;
}

class EntryMerge {
  private readonly changes: string[] = [];
  /** The document as data, changed the simple way: what the spliced text has to read as. */
  private readonly expected: Record<string, unknown>;
  private readonly document: KubeconfigDocument;
  private readonly splice: Splice;

  constructor(document: KubeconfigDocument, splice: Splice) {
    this.document = document;
    this.splice = splice;
    this.expected = plainData(document);
  }

  /** Sets the fields of one named item of a section, adding whatever of it is missing. */
  upsert(section: Section, name: string, fields: Fields): void {
    const { top } = this.document;
    const item = itemOf(top, section, name);
    if (item === undefined) this.addItem(section, name, fields);
    else this.updateItem(section, item, name, fields);
  }

  /** Readers without a context of their own choice get this one, unless somebody chose another that exists. */
  setCurrentContext(location: string): void {
    const { top } = this.document;
    const current = stringOf(top, 'current-context');
    const dangling = current === undefined || itemOf(top, 'contexts', current) === undefined;
    if (dangling && current !== location) this.setField(top, 'current-context', location, this.expected);
  }

  /** @throws Error when the text does not read as the change intended: a bug, and nothing may be written */
  result(): Merged {
    const text = this.splice.result();
    if (this.changes.length > 0) {
      const reread = parseKubeconfig(text);
      if (!reread || JSON.stringify(plainData(reread)) !== JSON.stringify(this.expected)) {
        throw new RefusedError(
          'the existing document has a form that could not be changed safely',
          'Please report its form (without tokens) as a bug; rewritten by `kubectl config view --raw` it will do.',
        );
      }
    }
    return { text, changes: this.changes };
  }

  private addItem(section: Section, name: string, fields: Fields): void {
    const { top } = this.document;
    const item = namedItem(SECTIONS[section], name, fields);
    const list = listOf(top, section);
    const pair = pairOf(top, section);
    if (list) {
      this.refuseAliased(list, section);
      this.splice.appendItem(list, item);
      (this.expected[section] as unknown[]).push(item);
    } else {
      if (pair) this.refuseAliased(pair.value, section);
      if (pair) this.splice.fillPair(pair, [item], top);
      else this.splice.appendPair(top, section, [item]);
      this.expected[section] = [item];
    }
    this.changes.push(`${SECTIONS[section]} "${name}"`);
  }

  private updateItem(section: Section, item: YAMLMap, name: string, fields: Fields): void {
    const key = SECTIONS[section];
    const pair = pairOf(item, key);
    const expectedItem = (this.expected[section] as { name: string; [key: string]: unknown }[]).find(
      (candidate) => candidate.name === name,
    );
    if (expectedItem === undefined) throw malformed(`${key} "${name}" cannot be read`);
    if (pair && isAlias(pair.value)) throw aliasRefusal(`${key} "${name}"`);
    if (pair === undefined || isNull(pair.value) || (isMap(pair.value) && pair.value.items.length === 0)) {
      if (pair) this.refuseAliased(pair.value, `${key} "${name}"`);
      if (pair) this.splice.fillPair(pair, fields, item);
      else this.splice.appendPair(item, key, fields);
      expectedItem[key] = { ...fields };
      this.changes.push(`${key} "${name}"`);
      return;
    }
    const inner = pair.value;
    if (!isMap(inner)) throw malformed(`${key} "${name}" is ${describe(inner)} where a mapping is expected`);
    const differing = Object.entries(fields).filter(([field, value]) => stringOf(inner, field) !== value);
    if (differing.length === 0) return;
    for (const shared of [item, inner]) this.refuseAliased(shared, `${key} "${name}"`);
    for (const [field, value] of differing) {
      this.setField(inner, field, value, expectedItem[key] as Record<string, unknown>);
    }
  }

  private setField(map: YAMLMap, key: string, value: string, expected: Record<string, unknown>): void {
    const pair = pairOf(map, key);
    if (pair === undefined) {
      this.splice.appendPair(map, key, value);
    } else {
      if (isAlias(pair.value)) throw aliasRefusal(key);
      if (!isScalar(pair.value))
        throw malformed(`"${key}" is ${describe(pair.value)} where a string is expected`);
      this.refuseAliased(pair.value, key);
      this.splice.replaceScalar(pair, value, map);
    }
    expected[key] = value;
    this.changes.push(key);
  }

  private refuseAliased(node: unknown, what: string): void {
    if (this.document.aliased.has(node)) throw aliasRefusal(what);
  }
}

function aliasRefusal(what: string): RefusedError {
  return new RefusedError(
    `${what} is shared through a YAML alias: changing it here would change it elsewhere`,
    'Write the value out in both places of the existing document.',
  );
}

/** The document as data that shares nothing, so that a change in one place shows in one place. */
function plainData(document: KubeconfigDocument): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(document.yaml.toJS())) as Record<string, unknown>;
  } catch {
    throw malformed('its aliases cannot be resolved');
  }
}
