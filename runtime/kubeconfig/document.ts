import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { RefusedError } from './refused-error.ts';

const MEND = 'Repair it with `kubectl edit`, or remove the key to start from an empty document.';

/** The three lists of a kubeconfig, and the key under which an item of each holds its fields. */
export const SECTIONS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;
export type Section = keyof typeof SECTIONS;

/** A kubeconfig as written: its nodes know where in the text they stand. */
export interface KubeconfigDocument {
  readonly yaml: Document.Parsed;
  readonly top: YAMLMap;
  /** Nodes whose content shows elsewhere too, through an alias. */
  readonly aliased: ReadonlySet<unknown>;
}

/**
 * Reads a kubeconfig. Undefined where the text holds nothing but white space and comments.
 *
 * @throws RefusedError when it is not one well-formed kubeconfig
 */
export function parseKubeconfig(text: string): KubeconfigDocument | undefined {
  const yaml = parseYaml(text);
  const top: unknown = yaml.contents;
  if (top === null || (isScalar(top) && top.value === null && top.range?.[0] === top.range?.[1])) {
    return undefined;
  }
  if (!isMap(top)) throw malformed(`it is ${describe(top)} where a mapping is expected`);
  expectScalar(top, 'kind', 'Config');
  expectScalar(top, 'apiVersion', 'v1');
  for (const section of Object.keys(SECTIONS) as Section[]) checkNames(top, section);
  return { yaml, top, aliased: aliasedNodes(yaml) };
}

/** The list of a section; undefined where it is missing, null or empty. */
export function listOf(top: YAMLMap, section: Section): YAMLSeq | undefined {
  const value = pairOf(top, section)?.value;
  if (value === undefined || isNull(value)) return undefined;
  if (isAlias(value)) {
    throw new RefusedError(
      `"${section}" is an alias in the existing document`,
      'Write the list out in place of the alias.',
    );
  }
  if (!isSeq(value)) throw malformed(`"${section}" is ${describe(value)} where a list is expected`);
  return value.items.length === 0 ? undefined : value;
}

/** The item of a section that has this name. */
export function itemOf(top: YAMLMap, section: Section, name: string): YAMLMap | undefined {
  return listOf(top, section)?.items.find(
    (item): item is YAMLMap => isMap(item) && stringOf(item, 'name') === name,
  );
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The string under a key; undefined where there is none, or something else. */
export function stringOf(map: YAMLMap, key: string): string | undefined {
  const value = pairOf(map, key)?.value;
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
}

export function isNull(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

export function malformed(why: string): RefusedError {
  return new RefusedError(`the existing document is malformed: ${why}`, MEND);
}

/** What a node is, in words that give nothing of its content away. */
export function describe(node: unknown): string {
  if (isSeq(node)) return 'a list';
  if (isMap(node)) return 'a mapping';
  if (isAlias(node)) return 'an alias';
  return isScalar(node) && typeof node.value === 'string' ? 'a string' : 'a scalar';
}

function parseYaml(text: string): Document.Parsed {
  const lineCounter = new LineCounter();
  // Without pretty errors: those quote the text, and the text holds tokens.
  const yaml = parseDocument(text, { keepSourceTokens: true, lineCounter, prettyErrors: false, merge: true });
  const error = yaml.errors[0];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw malformed(`it is not YAML of one document (${error.code} at line ${line}, column ${col})`);
  }
  return yaml;
}

function expectScalar(top: YAMLMap, key: string, expected: string): void {
  const pair = pairOf(top, key);
  if (pair && !isNull(pair.value) && stringOf(top, key) !== expected) {
    throw malformed(`its ${key} is not ${expected}`);
  }
}

function checkNames(top: YAMLMap, section: Section): void {
  const seen = new Set<string>();
  for (const item of listOf(top, section)?.items ?? []) {
    if (!isMap(item)) throw malformed(`"${section}" holds ${describe(item)} where a mapping is expected`);
    const name = stringOf(item, 'name');
    if (name === undefined) throw malformed(`"${section}" holds an item without a name`);
    if (seen.has(name)) throw malformed(`"${section}" holds two items named "${name}"`);
    seen.add(name);
  }
}

function aliasedNodes(yaml: Document.Parsed): ReadonlySet<unknown> {
  const nodes = new Set<unknown>();
  visit(yaml, { Alias: (_, alias) => void nodes.add(alias.resolve(yaml)) });
  return nodes;
}
