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

/** The node of each alias of a document. */
export type Aliases = ReadonlyMap<unknown, Node>;

/** A ConfigMap has no room for so many nodes. Only nested aliases can reach this number. */
const MAX_NODES = 1_000_000;

/**
 * Finds the node of each alias in one walk, without copying nodes.
 *
 * @throws RefusedError if an alias has no anchor, contains itself, or stands for more nodes than readers can handle
 */
export function resolveAliases(root: unknown): Aliases {
  const walk = new AliasWalk();
  if (walk.sizeOf(root) > MAX_NODES) {
    throw malformed(`with every alias replaced by its node, it would have more than ${MAX_NODES} values`);
  }
  return walk.aliases;
}

class AliasWalk {
  readonly aliases = new Map<Alias, Node>();
  /** The last node so far that has an anchor of this name. */
  private readonly anchored = new Map<string, Node>();
  /** The sizes of the anchored nodes that the walk has finished. */
  private readonly sizes = new Map<Node, number>();

  /** The number of nodes if every alias were replaced by its node. */
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
      throw malformed('a YAML merge key (<<) does not refer to mappings');
    }
    return size;
  }

  private sizeOfAlias(alias: Alias): number {
    const node = this.anchored.get(alias.source);
    const size = node && this.sizes.get(node);
    if (size === undefined) {
      throw malformed('an alias has no anchor, or refers to a node that contains the alias');
    }
    this.aliases.set(alias, node as Node);
    return size;
  }
}

/** Whether a pair is a merge key, which brings in the fields of other mappings (https://yaml.org/type/merge.html). */
export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The mappings of a merge key. Fields of an earlier mapping hide those of a later one. Undefined if the value has anything else. */
export function mergedMaps({ value }: Pair, aliases: Aliases): readonly YAMLMap[] | undefined {
  const source = aliases.get(value) ?? value;
  const maps = isSeq(source) ? source.items.map((item) => aliases.get(item) ?? item) : [source];
  return maps.every((map) => isMap(map)) ? maps : undefined;
}
