import { isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import type { FieldType, ObjectType } from './client-config.ts';
import { type Plain, readByGo } from './plain-scalar.ts';
import { type Aliases, isMerge, mergedMaps } from './yaml-aliases.ts';

/** A value is of another type than kubectl wants at its place. Nothing of the value is told: it may be a credential. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
  /** Where the value stands in the text; undefined where the text has none. */
  readonly offset: number | undefined;

  constructor(path: string, problem: string, node: unknown) {
    super(`${path === '' ? 'it' : `"${path}"`} ${problem}`);
    this.offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
  }
}

/**
 * What kubectl reads of a YAML node, as data of the wanted type: null and what is not there are undefined, bytes are a Buffer.
 *
 * @throws MismatchError where kubectl refuses the document
 */
export function decode(root: unknown, type: FieldType, aliases: Aliases): unknown {
  return new Decoder(aliases).decode(root, type, '');
}

class Decoder {
  private readonly aliases: Aliases;

  constructor(aliases: Aliases) {
    this.aliases = aliases;
  }

  decode(written: unknown, type: FieldType, path: string): unknown {
    const node = this.aliases.get(written) ?? written;
    if (type === 'anything') {
      return this.anything(node, path);
    }
    const scalar = isScalar(node) ? scalarOf(node, path) : undefined;
    if (node === null || scalar === null) {
      return undefined;
    }
    if (type === 'string' || type === 'bytes') {
      return stringOf(scalar, type, path, node);
    }
    if (type === 'boolean') {
      return expectType(typeof scalar === 'boolean', scalar, 'true or false', path, node);
    }
    if ('list' in type) {
      return this.list(node, type.list, path);
    }
    return 'fields' in type ? this.object(node, type, path) : this.map(node, type.valuesOf, path);
  }

  private list(node: unknown, type: FieldType, path: string): unknown[] {
    if (!isSeq(node)) {
      throw new MismatchError(path, 'is not a list', node);
    }
    return node.items.map((item, i) => this.decode(item, type, `${path}[${i}]`));
  }

  private object(node: unknown, { fields }: ObjectType, path: string): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [key, value] of this.entriesOf(node, path)) {
      const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
      const decoded = this.decode(value, type ?? 'anything', path === '' ? key : `${path}.${key}`);
      if (type !== undefined && decoded !== undefined) {
        object[key] = decoded;
      }
    }
    return object;
  }

  private map(node: unknown, type: FieldType, path: string): Record<string, unknown> {
    const entries = this.entriesOf(node, path);
    return Object.fromEntries(
      [...entries].map(([key, value]) => [key, this.decode(value, type, `${path}.${key}`)]),
    );
  }

  /** As JSON has it. Kubernetes turns the whole document into that, unknown fields too. */
  private anything(written: unknown, path: string): unknown {
    const node = this.aliases.get(written) ?? written;
    if (isScalar(node)) {
      return scalarOf(node, path);
    }
    if (isSeq(node)) {
      return node.items.map((item, i) => this.anything(item, `${path}[${i}]`));
    }
    if (node === null) {
      return null;
    }
    const entries = [...this.entriesOf(node, path)];
    return Object.fromEntries(entries.map(([key, value]) => [key, this.anything(value, `${path}.${key}`)]));
  }

  /** The fields of a mapping. Of a key that is there twice the last counts, and what a merge key brings in counts as standing there. */
  private entriesOf(node: unknown, path: string): Map<string, unknown> {
    if (!isMap(node)) {
      throw new MismatchError(path, 'is not a mapping', node);
    }
    const entries = new Map<string, unknown>();
    for (const pair of node.items) {
      const maps: readonly YAMLMap[] | undefined = isMerge(pair) ? mergedMaps(pair, this.aliases) : undefined;
      for (const map of maps?.toReversed() ?? []) {
        for (const [key, value] of this.entriesOf(map, path)) {
          entries.set(key, value);
        }
      }
      if (maps === undefined) {
        entries.set(keyOf(pair.key, path), pair.value);
      }
    }
    return entries;
  }
}

function keyOf(key: unknown, path: string): string {
  const scalar = isScalar(key) ? scalarOf(key, path) : null;
  if (scalar === null) {
    throw new MismatchError(path, 'has a key that is no string', key);
  }
  return String(scalar);
}

function stringOf(scalar: unknown, type: 'string' | 'bytes', path: string, node: unknown): unknown {
  if (typeof scalar !== 'string') {
    const hint = scalar === undefined ? '' : ' as it is written: it needs quotes';
    throw new MismatchError(path, `is not a string${hint}`, node);
  }
  return type === 'string' ? scalar : bytesOf(scalar, path, node);
}

function expectType<T>(isOfType: boolean, value: T, type: string, path: string, node: unknown): T {
  if (!isOfType) {
    throw new MismatchError(path, `is not ${type}`, node);
  }
  return value;
}

/** As Go's encoding/base64 has it: with padding, and with line breaks or without. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function bytesOf(text: string, path: string, node: unknown): Buffer {
  const base64 = text.replace(/[\r\n]/g, '');
  if (!BASE64.test(base64)) {
    throw new MismatchError(path, 'is not base64', node);
  }
  return Buffer.from(base64, 'base64');
}

function scalarOf(node: Scalar, path: string): Plain {
  const text = node.source ?? String(node.value);
  const isPlain = node.type === 'PLAIN';
  switch (node.tag) {
    case undefined:
      return isPlain ? finite(readByGo(text), path, node) : text;
    case 'tag:yaml.org,2002:binary':
      return Buffer.from(text, 'base64').toString('utf8');
    case 'tag:yaml.org,2002:null':
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
      return tagged(text, node.tag, path, node);
    default:
      return text;
  }
}

function finite(value: Plain, path: string, node: Scalar): Plain {
  if (Number.isNaN(value)) {
    throw new MismatchError(path, 'is a number that JSON has not', node);
  }
  return value;
}

/** A scalar whose tag says its type, which it must then be of. */
function tagged(text: string, tag: string, path: string, node: Scalar): Plain {
  const value = finite(readByGo(text), path, node);
  const isOfType = {
    null: value === null,
    bool: typeof value === 'boolean',
    int: Number.isInteger(value),
    float: typeof value === 'number',
  }[tag.slice('tag:yaml.org,2002:'.length)];
  return expectType(isOfType === true, value, 'what its tag says', path, node);
}
