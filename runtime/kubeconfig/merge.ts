import { isAlias, isMap, isScalar, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import {
  describe,
  effectivePairOf,
  isNull,
  itemOf,
  type KubeconfigDocument,
  listOf,
  pairOf,
  parseKubeconfig,
  SECTIONS,
  type Section,
  stringOf,
  withoutEmptyDocuments,
  withoutNull,
} from './document.ts';
import {
  CONTRADICTING,
  clusterFields,
  contextFields,
  type Entry,
  type Fields,
  namedItem,
  userFields,
} from './entry.ts';
import { expectReadsAs } from './expect-reads-as.ts';
import { malformed, RefusedError } from './refused-error.ts';
import { renderKubeconfig } from './render.ts';
import { holdsCertificates } from './same-ca.ts';
import { isSameServer } from './same-server.ts';
import { refuseSharedUser } from './shared-user.ts';
import { Splice } from './splice.ts';
import { whyUnreadable } from './why-unreadable.ts';
import { type Data, isList } from './yaml-text.ts';

/** The document with the entry in it, and the list of changes. The list is empty if the entry was there already. */
export interface Merged {
  readonly text: string;
  readonly changes: readonly string[];
}

/**
 * Writes one site's entry into a kubeconfig. It changes only the fields that the entry owns, in the document's text. Other
 * sites, comments, order and unknown fields keep every byte.
 *
 * @throws RefusedError if the change could damage what others wrote, or if readers could not read the result
 */
export function mergeEntry(before: string, entry: Entry): Merged {
  const text = withoutEmptyDocuments(before);
  const document = parseKubeconfig(text);
  if (document === undefined) {
    return newDocument(withoutNull(text), entry);
  }
  const merged = mergeIntoDocument(document, text, entry);
  return text === before
    ? merged
    : { ...merged, changes: [...merged.changes, 'an empty document at the end removed'] };
}

function mergeIntoDocument(document: KubeconfigDocument, text: string, entry: Entry): Merged {
  refuseSharedUser(document, entry);
  const merge = new EntryMerge(document, text);
  merge.upsert('clusters', entry.location, clusterFields(entry));
  merge.upsert('contexts', entry.location, contextFields(entry));
  merge.upsert('users', entry.user, userFields(entry));
  merge.setCurrentContext(entry.location);
  return merge.result();
}

/** The whole kubeconfig, below the comments of the old document. */
function newDocument(before: string, entry: Entry): Merged {
  const rendered = renderKubeconfig(entry);
  if (before.trim() === '') {
    return { text: rendered, changes: ['new document'] };
  }
  const text = before.endsWith('\n') ? before + rendered : `${before}\n${rendered}`;
  const expected = parseKubeconfig(rendered);
  if (expected) {
    refuseUnreadable(expectReadsAs(text, expected), text, before);
  }
  return { text, changes: ['new document'] };
}

/** @param before the text in which somebody can find the mistake */
function refuseUnreadable(document: KubeconfigDocument, text: string, before: string): void {
  const why = whyUnreadable(document, text);
  if (why !== undefined) {
    const written = parseKubeconfig(before);
    throw malformed((written && whyUnreadable(written, before)) ?? why);
  }
}

class EntryMerge {
  private readonly changes: string[] = [];
  /** Each change of the text, to make on the parsed nodes as well. Their result is compared with the spliced text. */
  private readonly intended: (() => void)[] = [];
  private readonly document: KubeconfigDocument;
  /** Nodes that appear elsewhere too, through an alias. */
  private readonly aliased: ReadonlySet<unknown>;
  private readonly before: string;
  private readonly splice: Splice;

  constructor(document: KubeconfigDocument, before: string) {
    this.document = document;
    this.aliased = new Set(document.aliases.values());
    this.before = before;
    this.splice = new Splice(before);
  }

  /** Sets the fields of one named item of a section, and adds what is missing. */
  upsert(section: Section, name: string, fields: Fields): void {
    const before = this.changes.length;
    const item = itemOf(this.document, section, name);
    if (item === undefined) {
      this.addItem(section, name, fields);
    } else {
      this.updateItem(section, item, name, fields);
    }
    if (this.changes.length === before) {
      return;
    }
    // If any parent node is shared through an alias, the change would appear there too.
    this.refuseAliased(pairOf(this.document.top, section)?.value, `"${section}"`);
    if (item === undefined) {
      return;
    }
    const key = SECTIONS[section];
    for (const node of [item, pairOf(item, key)?.value]) {
      this.refuseAliased(node, `${key} "${name}"`);
    }
  }

  /** Sets current-context to this site, unless it names a context that exists already. */
  setCurrentContext(location: string): void {
    const { top, aliases } = this.document;
    const current = stringOf(top, 'current-context', aliases);
    const dangling = current === undefined || itemOf(this.document, 'contexts', current) === undefined;
    if (dangling && current !== location) {
      this.setField(top, 'current-context', location);
    }
  }

  result(): Merged {
    const text = this.splice.result();
    // The nodes change only after the splice, because the splice needs them as they were parsed.
    for (const change of this.intended) {
      change();
    }
    const document = this.changes.length > 0 ? expectReadsAs(text, this.document) : this.document;
    refuseUnreadable(document, text, this.before);
    return { text, changes: this.changes };
  }

  private addItem(section: Section, name: string, fields: Fields): void {
    const { top } = this.document;
    const item = namedItem(SECTIONS[section], name, fields);
    const list = listOf(top, section);
    const pair = pairOf(top, section);
    if (list) {
      this.splice.appendItem(list, item);
      this.intended.push(() => list.items.push(nodeOf(item)));
    } else if (pair) {
      this.fill(pair, [item], top, `"${section}"`);
    } else {
      this.append(top, section, [item]);
    }
    this.changes.push(`${SECTIONS[section]} "${name}"`);
  }

  private updateItem(section: Section, item: YAMLMap, name: string, fields: Fields): void {
    const key = SECTIONS[section];
    const what = `${key} "${name}"`;
    const pair = pairOf(item, key);
    if (pair && isAlias(pair.value)) {
      throw aliasRefusal(what);
    }
    const inner = pair?.value;
    if (inner === undefined || isNull(inner) || (isMap(inner) && inner.items.length === 0)) {
      if (pair) {
        this.fill(pair, fields, item, what);
      } else {
        this.append(item, key, fields);
      }
      this.changes.push(what);
      return;
    }
    if (!isMap(inner)) {
      throw malformed(`${what} is ${describe(inner)}, but must be a mapping`);
    }
    this.updateFields(section, inner, fields, what);
  }

  private updateFields(section: Section, map: YAMLMap, fields: Fields, what: string): void {
    const { aliases } = this.document;
    const contradicting = [...CONTRADICTING[section], ...this.ofOldServer(map, fields)].filter((field) =>
      effectivePairOf(map, field, aliases),
    );
    const pairs = contradicting.map((field) => pairOf(map, field)).filter((pair) => pair !== undefined);
    // The others come from a merge key, and cannot be removed here.
    if (pairs.length < contradicting.length) {
      throw aliasRefusal(`${contradicting.join(', ')} of ${what}`);
    }
    this.remove(map, pairs);
    for (const field of contradicting) {
      this.changes.push(`${field} removed`);
    }
    for (const [field, value] of Object.entries(fields)) {
      if (!means(pairOf(map, field)?.value, field, value)) {
        this.setField(map, field, value);
      }
    }
  }

  /** The fields that belong to the old server's address. `kubectl config set-cluster --server` removes the server name, too. */
  private ofOldServer(map: YAMLMap, { server }: Fields): readonly string[] {
    const { aliases } = this.document;
    const written = effectivePairOf(map, 'server', aliases)?.value;
    const old = aliases.get(written) ?? written;
    if (server === undefined || old === undefined || isNull(old)) {
      return [];
    }
    const isSame = isScalar(old) && isSameServer(String(old.value), server);
    return isSame ? [] : ['tls-server-name', 'proxy-url'];
  }

  private setField(map: YAMLMap, key: string, value: string): void {
    const pair = pairOf(map, key);
    if (pair === undefined) {
      this.append(map, key, value);
    } else {
      if (isAlias(pair.value)) {
        throw aliasRefusal(key);
      }
      if (!isScalar(pair.value)) {
        throw malformed(`"${key}" is ${describe(pair.value)}, but must be a string`);
      }
      this.refuseAliased(pair.value, key);
      this.splice.replaceScalar(pair, value, map);
      this.intendValue(pair, value);
    }
    this.changes.push(key);
  }

  private append(map: YAMLMap, key: string, value: Data): void {
    this.splice.appendPair(map, key, value);
    this.intended.push(() => map.items.push(new Pair(nodeOf(key), nodeOf(value))));
  }

  private fill(pair: Pair, value: Exclude<Data, string>, parent: YAMLMap, what: string): void {
    if (pair.value === null) {
      throw malformed(`${what} is a key without a colon`);
    }
    this.splice.fillPair(pair, value, parent);
    this.intendValue(pair, value);
  }

  private remove(map: YAMLMap, pairs: readonly Pair[]): void {
    this.splice.removePairs(map, pairs);
    this.intended.push(() => {
      map.items = map.items.filter((pair) => !pairs.includes(pair));
    });
  }

  private intendValue(pair: Pair, value: Data): void {
    this.intended.push(() => {
      pair.value = nodeOf(value);
    });
  }

  private refuseAliased(node: unknown, what: string): void {
    if (this.aliased.has(node)) {
      throw aliasRefusal(what);
    }
  }
}

/** Built by hand, because the library's own function first searches its types, which takes time in a short run. */
function nodeOf(data: Data): Node {
  if (typeof data === 'string') {
    return new Scalar(data);
  }
  if (isList(data)) {
    const list = new YAMLSeq();
    list.items = data.map(nodeOf);
    return list;
  }
  const map = new YAMLMap();
  map.items = Object.entries(data).map(([key, value]) => new Pair(nodeOf(key), nodeOf(value)));
  return map;
}

/**
 * Whether a scalar has a value, in any form. Base64 may be broken into lines. Python 3 wrote the CA as `!!binary`, with a second
 * layer of base64 that readers remove.
 */
function means(node: unknown, field: string, value: string): boolean {
  if (!isScalar(node)) {
    return false;
  }
  const text = node.value instanceof Uint8Array ? Buffer.from(node.value).toString('utf8') : node.value;
  if (typeof text !== 'string') {
    return false;
  }
  const isCa = field === 'certificate-authority-data';
  return (
    text === value || (isCa && (text.replace(/[\r\n]/g, '') === value || holdsCertificates(text, value)))
  );
}

function aliasRefusal(what: string): RefusedError {
  return new RefusedError(
    `${what} is shared through a YAML alias: a change here would change it elsewhere too`,
    'Replace the alias in the existing document by the value.',
  );
}
