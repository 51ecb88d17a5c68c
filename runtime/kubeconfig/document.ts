import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { lineAndColumn } from './line-and-column.ts';
import { malformed, RefusedError } from './refused-error.ts';
import { type Aliases, isMerge, mergedMaps, resolveAliases } from './yaml-aliases.ts';

/** The three lists of a kubeconfig, and the key under which an item of each holds its fields. */
export const SECTIONS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;
export type Section = keyof typeof SECTIONS;

/** A kubeconfig as written. Its nodes have their places in the text. */
export interface KubeconfigDocument {
  readonly yaml: Document.Parsed;
  readonly top: YAMLMap;
  readonly aliases: Aliases;
}

/**
 * Reads a kubeconfig. Undefined if the text has only white space, comments or null.
 *
 * @throws RefusedError if the text is not one well-formed kubeconfig
 */
export function parseKubeconfig(text: string): KubeconfigDocument | undefined {
  refuseAmbiguousLineBreaks(text);
  const yaml = parseYaml(text);
  const top: unknown = yaml.contents;
  if (top === null || isNothing(top)) {
    return undefined;
  }
  if (!isMap(top)) {
    throw malformed(`it is ${describe(top)}, but must be a mapping`);
  }
  refuseMergeKey(top, 'the document');
  refuseUnendedBlock(top, text);
  const document = { yaml, top, aliases: resolveAliases(top) };
  expectScalar(document, 'kind', 'Config');
  expectScalar(document, 'apiVersion', 'v1');
  for (const section of Object.keys(SECTIONS) as Section[]) {
    checkNames(document, section);
  }
  return document;
}

/** Whether a node is null, without a tag or an anchor. */
function isNothing(node: unknown): boolean {
  return isScalar(node) && node.tag === undefined && node.anchor === undefined && node.value === null;
}

/** Removes empty documents at the end of a text: kubectl ignores them, but the Python client refuses the text. */
export function withoutEmptyDocuments(text: string): string {
  return text.replace(/(\r?\n)(?:---[ \t]*(?:\r?\n\s*)?)+$/, '$1');
}

/** Removes the `null` from a document that has nothing else. */
export function withoutNull(text: string): string {
  const { contents } = parseYaml(text);
  const [start, end] = contents?.range ?? [0, 0];
  return text.slice(0, start) + text.slice(end);
}

/** The list of a section. Undefined if it is missing, null or empty. */
export function listOf(top: YAMLMap, section: Section): YAMLSeq | undefined {
  const value = pairOf(top, section)?.value;
  if (value === undefined || isNull(value)) {
    return undefined;
  }
  if (isAlias(value)) {
    throw new RefusedError(
      `"${section}" is an alias in the existing document`,
      'Replace the alias by the list.',
    );
  }
  if (!isSeq(value)) {
    throw malformed(`"${section}" is ${describe(value)}, but must be a list`);
  }
  return value.items.length === 0 ? undefined : value;
}

/** The item of a section that has this name. */
export function itemOf(
  { top, aliases }: KubeconfigDocument,
  section: Section,
  name: string,
): YAMLMap | undefined {
  return listOf(top, section)?.items.find(
    (item): item is YAMLMap => isMap(item) && stringOf(item, 'name', aliases) === name,
  );
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The pair with this key in a mapping: its own, or one from a merge key. */
export function effectivePairOf(map: YAMLMap, key: string, aliases: Aliases): Pair | undefined {
  const own = pairOf(map, key);
  if (own) {
    return own;
  }
  const merge = map.items.find(isMerge);
  for (const source of (merge && mergedMaps(merge, aliases)) ?? []) {
    const pair = effectivePairOf(source, key, aliases);
    if (pair) {
      return pair;
    }
  }
  return undefined;
}

/** The string under a key, also through an alias. Undefined if the value is missing or not a string. */
export function stringOf(map: YAMLMap, key: string, aliases: Aliases): string | undefined {
  const written = pairOf(map, key)?.value;
  const value = aliases.get(written) ?? written;
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
}

/** Whether the value is missing or null. A null with a tag does not count, because the tag would stay on the new value. */
export function isNull(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null && value.tag === undefined);
}

/** The type of a node in words, without its content. */
export function describe(node: unknown): string {
  if (isSeq(node)) {
    return 'a list';
  }
  if (isMap(node)) {
    return 'a mapping';
  }
  if (isAlias(node)) {
    return 'an alias';
  }
  return isScalar(node) && typeof node.value === 'string' ? 'a string' : 'a scalar';
}

function parseYaml(text: string): Document.Parsed {
  const yaml = parseDocument(withoutEmptyDocuments(text), {
    keepSourceTokens: true,
    prettyErrors: false,
    merge: true,
    stringKeys: true,
    // Otherwise warnings go to stderr, and quote the text, which has tokens. For the same reason, no message is repeated below.
    logLevel: 'error',
  });
  const error = yaml.errors[0];
  if (error) {
    throw malformed(
      `it is not one valid YAML document (${error.code} at ${lineAndColumn(error.pos[0], text)})`,
    );
  }
  return yaml;
}

function expectScalar({ top, aliases }: KubeconfigDocument, key: string, expected: string): void {
  const pair = pairOf(top, key);
  if (pair && !isNull(pair.value) && stringOf(top, key, aliases) !== expected) {
    throw malformed(`its ${key} is not ${expected}`);
  }
}

function checkNames({ top, aliases }: KubeconfigDocument, section: Section): void {
  const seen = new Set<string>();
  for (const item of listOf(top, section)?.items ?? []) {
    if (!isMap(item)) {
      throw malformed(`"${section}" has ${describe(item)} as an item, which must be a mapping`);
    }
    const name = stringOf(item, 'name', aliases);
    if (name === undefined) {
      throw malformed(`"${section}" has an item whose name is not a string`);
    }
    refuseMergeKey(item, `an item of "${section}"`);
    if (seen.has(name)) {
      throw malformed(`"${section}" has two items named "${name}"`);
    }
    seen.add(name);
  }
}

/** For YAML 1.1 readers such as kubectl, these characters are line breaks. In YAML 1.2 they are not. */
function refuseAmbiguousLineBreaks(text: string): void {
  if (/\r(?!\n)|[\u0085\u2028\u2029]/.test(text)) {
    throw malformed('it has characters that only some YAML readers read as line breaks');
  }
}

/** New fields beside `<<` would hide the fields that `<<` brings in. */
function refuseMergeKey(map: YAMLMap, what: string): void {
  if (pairOf(map, '<<')) {
    throw new RefusedError(
      `${what} uses a YAML merge key (<<)`,
      'Replace the merge key by the fields that it brings in.',
    );
  }
}

/** If the text ends within a block scalar, an appended line break would become part of its value. */
function refuseUnendedBlock(top: YAMLMap, text: string): void {
  if (text.endsWith('\n')) {
    return;
  }
  const last = lastScalar(top);
  const isBlock = last?.type === 'BLOCK_LITERAL' || last?.type === 'BLOCK_FOLDED';
  if (isBlock && last.range?.[1] === text.length) {
    throw malformed('it ends in a block scalar without a line break');
  }
}

function lastScalar(node: unknown): Scalar | undefined {
  if (isCollection(node)) {
    return lastScalar(node.items.at(-1));
  }
  if (isPair(node)) {
    return lastScalar(node.value);
  }
  return isScalar(node) ? node : undefined;
}
