import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { FieldType, ObjectType } from './client-config.ts';
import { isReadAlike, type Plain, type ReadPlain, readByGo, readByPython } from './plain-scalar.ts';
import { type Aliases, isMerge, mergedMaps } from './yaml-aliases.ts';

/** A value does not have the type that kubectl needs. The message does not quote the value, because it may be a credential. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
  /** The place of the value in the text. Undefined if the value is not in the text. */
  readonly offset: number | undefined;

  constructor(path: string, problem: string, node: unknown) {
    super(`${path === '' ? 'it' : `"${path}"`} ${problem}`);
    this.offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
  }
}

/** How a program reads YAML. */
export interface YamlReader {
  readonly readPlain: ReadPlain;
  /** Whether it reads a value with the tag `!!binary` as text. */
  readonly binaryIsText: boolean;
  /** Whether it ignores tags that it does not know. */
  readonly takesAnyTag: boolean;
  /** Whether the fields from a merge key (`<<`) override the fields above the merge key. */
  readonly mergeGoesFirst: boolean;
}

export const KUBECTL: YamlReader = {
  readPlain: readByGo,
  binaryIsText: true,
  takesAnyTag: true,
  mergeGoesFirst: true,
};
export const PYTHON_CLIENT: YamlReader = {
  readPlain: readByPython,
  binaryIsText: false,
  takesAnyTag: false,
  mergeGoesFirst: false,
};

/**
 * Decodes a YAML node as a program does, to data of the wanted type. Null and missing values are undefined. Bytes are a Buffer.
 *
 * @throws MismatchError if the program refuses the document
 */
export function decode(root: unknown, type: FieldType, aliases: Aliases, reader = KUBECTL): unknown {
  return new Decoder(aliases, reader).decode(root, type, '');
}

/**
 * Decodes for kubectl, and tells whether all other programs read the same data. They do if there is no tag, no merge key, and no
 * plain scalar with several readings.
 */
export function decodeClearly(
  root: unknown,
  type: FieldType,
  aliases: Aliases,
): { readonly value: unknown; readonly isClear: boolean } {
  const decoder = new Decoder(aliases, KUBECTL);
  return { value: decoder.decode(root, type, ''), isClear: decoder.isClear };
}

class Decoder {
  isClear = true;
  private readonly aliases: Aliases;
  private readonly reader: YamlReader;
  private readonly read = new Map<unknown, unknown>();

  constructor(aliases: Aliases, reader: YamlReader) {
    this.aliases = aliases;
    this.reader = reader;
  }

  decode(written: unknown, type: FieldType, path: string): unknown {
    const node = this.aliases.get(written) ?? written;
    if (type === 'anything') {
      return this.anything(node, path);
    }
    const scalar = isScalar(node) ? this.scalar(node, path) : undefined;
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
    this.checkTag(node, 'tag:yaml.org,2002:seq', path);
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

  /** The value as JSON. Kubernetes converts the whole document to JSON, unknown fields too. Many aliases may refer to the same node. */
  private anything(written: unknown, path: string): unknown {
    const node = this.aliases.get(written) ?? written;
    if (!this.read.has(node)) {
      this.read.set(node, this.json(node, path));
    }
    return this.read.get(node);
  }

  private json(node: unknown, path: string): unknown {
    if (isScalar(node)) {
      return this.scalar(node, path);
    }
    if (isSeq(node)) {
      return this.list(node, 'anything', path);
    }
    if (node === null) {
      return null;
    }
    const entries = [...this.entriesOf(node, path)];
    return Object.fromEntries(entries.map(([key, value]) => [key, this.anything(value, `${path}.${key}`)]));
  }

  /** The fields of a mapping. If a key is there twice, the last one is used. */
  private entriesOf(node: unknown, path: string): Map<string, unknown> {
    if (!isMap(node)) {
      throw new MismatchError(path, 'is not a mapping', node);
    }
    this.checkTag(node, 'tag:yaml.org,2002:map', path);
    const entries = new Map<string, unknown>();
    const merged = new Map<string, unknown>();
    for (const pair of node.items) {
      const maps: readonly YAMLMap[] | undefined = isMerge(pair) ? mergedMaps(pair, this.aliases) : undefined;
      this.isClear &&= maps === undefined;
      // If there are several maps, the first one wins.
      for (const map of maps?.toReversed() ?? []) {
        for (const [key, value] of this.entriesOf(map, path)) {
          (this.reader.mergeGoesFirst ? entries : merged).set(key, value);
        }
      }
      if (maps === undefined) {
        entries.set(this.key(pair.key, path), pair.value);
      }
    }
    return merged.size === 0 ? entries : new Map([...merged, ...entries]);
  }

  private key(key: unknown, path: string): string {
    const scalar = isScalar(key) ? this.scalar(key, path) : null;
    if (scalar === null) {
      throw new MismatchError(path, 'has a key that is not a string', key);
    }
    return String(scalar);
  }

  private scalar(node: Scalar, path: string): Plain | Buffer {
    const text = node.source ?? String(node.value);
    this.isClear &&= node.tag === undefined && (node.type !== 'PLAIN' || isReadAlike(text));
    switch (node.tag) {
      case undefined:
        return node.type === 'PLAIN' ? this.plain(text, path, node) : text;
      case 'tag:yaml.org,2002:binary':
        return this.binary(Buffer.from(text, 'base64'));
      case 'tag:yaml.org,2002:null':
      case 'tag:yaml.org,2002:bool':
      case 'tag:yaml.org,2002:int':
      case 'tag:yaml.org,2002:float':
        return this.tagged(text, node.tag, path, node);
      default:
        this.checkTag(node, 'tag:yaml.org,2002:str', path);
        return text;
    }
  }

  private checkTag(node: Node, usual: string, path: string): void {
    if (node.tag === undefined || node.tag === usual) {
      return;
    }
    this.isClear = false;
    if (!this.reader.takesAnyTag) {
      throw new MismatchError(
        path,
        `has the tag ${node.tag}, which the Kubernetes client for Python does not know`,
        node,
      );
    }
  }

  private binary(bytes: Buffer): string | Buffer {
    return this.reader.binaryIsText ? bytes.toString('utf8') : bytes;
  }

  private plain(text: string, path: string, node: Scalar): Plain {
    const value = this.reader.readPlain(text);
    if (value === undefined) {
      throw new MismatchError(path, 'is a value that some readers refuse without quotes', node);
    }
    return value;
  }

  /** A scalar with a type tag. Its value must have that type. */
  private tagged(text: string, tag: string, path: string, node: Scalar): Plain {
    const value = this.plain(text, path, node);
    const isOfType = {
      null: value === null,
      bool: typeof value === 'boolean',
      int: Number.isInteger(value),
      float: typeof value === 'number',
    }[tag.slice('tag:yaml.org,2002:'.length)];
    return expectType(isOfType === true, value, 'of the type of its tag', path, node);
  }
}

function stringOf(scalar: unknown, type: 'string' | 'bytes', path: string, node: unknown): unknown {
  if (type === 'bytes' && Buffer.isBuffer(scalar)) {
    return bytesOf(scalar.toString('latin1'), path, node);
  }
  if (typeof scalar !== 'string') {
    const hint = scalar === undefined ? '' : ': it needs quotes';
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

/** The form that Go's encoding/base64 accepts: with padding. Line breaks are removed before. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function bytesOf(text: string, path: string, node: unknown): Buffer {
  const base64 = text.replace(/[\r\n]/g, '');
  if (!BASE64.test(base64)) {
    throw new MismatchError(path, 'is not base64', node);
  }
  return Buffer.from(base64, 'base64');
}
