import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { malformed } from './refused-error.ts';

/** What each alias of a document stands for. */
export type Aliases = ReadonlyMap<unknown, Node>;

/** More nodes than the text of a ConfigMap has room for: only aliases of aliases of aliases stand for so many. */
const MAX_NODES = 1_000_000;

/**
 * Finds what each alias stands for in one walk, without ever writing it out.
 *
 * @throws RefusedError where one stands for nothing, for what it is a part of, or for more than readers can take
 */
export function resolveAliases(root: unknown): Aliases {
  const walk = new AliasWalk();
  if (walk.sizeOf(root) > MAX_NODES) {
    throw malformed(`with its aliases written out it would hold more than ${MAX_NODES} values`);
  }
  return walk.aliases;
}

class AliasWalk {
  readonly aliases = new Map<Alias, Node>();
  /** The last node so far that has an anchor of this name. */
  private readonly anchored = new Map<string, Node>();
  /** Of the anchored nodes that the walk has left. */
  private readonly sizes = new Map<Node, number>();

  /** How many nodes it would be with every alias written out. */
  sizeOf(node: unknown): number {
    if (isPair(node)) {
      return this.sizeOfPair(node);
    }
    if (isAlias(node)) {
      return this.sizeOfAlias(node);
    }
    if (!isNode(node)) {
      return 0;
    }
    if (node.anchor) {
      this.anchored.set(node.anchor, node);
    }
    let size = 1;
    if (isCollection(node)) {
      for (const item of node.items) {
        size += this.sizeOf(item);
      }
    }
    if (node.anchor) {
      this.sizes.set(node, size);
    }
    return size;
  }

  private sizeOfPair(pair: Pair): number {
    const size = this.sizeOf(pair.key) + this.sizeOf(pair.value);
    if (isMerge(pair) && mergedMaps(pair, this.aliases) === undefined) {
      throw malformed('a YAML merge key (<<) holds something else than mappings');
    }
    return size;
  }

  private sizeOfAlias(alias: Alias): number {
    const node = this.anchored.get(alias.source);
    const size = node && this.sizes.get(node);
    if (size === undefined) {
      throw malformed('an alias stands for nothing, or for what it is a part of');
    }
    this.aliases.set(alias, node as Node);
    return size;
  }
}

/** Whether a pair is no field, but brings in the fields of other mappings (https://yaml.org/type/merge.html). */
export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The mappings whose fields it brings in: those of an earlier one hide those of a later one. Undefined for anything else. */
export function mergedMaps({ value }: Pair, aliases: Aliases): readonly YAMLMap[] | undefined {
  const source = aliases.get(value) ?? value;
  const maps = isSeq(source) ? source.items.map((item) => aliases.get(item) ?? item) : [source];
  return maps.every((map) => isMap(map)) ? maps : undefined;
}
