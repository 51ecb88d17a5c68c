import { isCollection, isNode, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { blockScalar, type Data, flow, listItemLines, pairLines } from './yaml-text.ts';

/** Replaces `length` characters at `offset`; of several at one place, the most deeply nested comes first. */
interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly depth: number;
}

/** What goes on the line itself comes before anything that goes below it. */
const IN_LINE = Number.POSITIVE_INFINITY;

type Collection = YAMLMap | YAMLSeq;

/**
 * Changes a parsed YAML document in its text, at the ranges of the parsed nodes, so that every byte outside of the
 * changed values stays as somebody wrote it. Nodes must come from `parseDocument(text, { keepSourceTokens: true })`.
 */
export class Splice {
  private readonly edits: Edit[] = [];
  /** Empty `{}` and `[]` that have got their first element. */
  private readonly begun = new Set<Collection>();
  private readonly removed = new Set<unknown>();
  private readonly text: string;
  private readonly lineBreak: string;

  constructor(text: string) {
    this.text = text;
    this.lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Sets the pair's scalar; one that was quoted stays quoted. */
  replaceScalar(pair: Pair, value: string, parent: YAMLMap): void {
    const node = pair.value as Node;
    const [start, end] = range(node);
    if (start === end) {
      this.edit(afterColon(pair), 0, ` ${this.scalar(value, parent)}`);
      return;
    }
    // A tag (`!!binary`) or an anchor belongs to the value that goes.
    const from = propertiesStart(pair) ?? start;
    const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
    const scalar = quoted ? JSON.stringify(value) : this.scalar(value, parent);
    // The range of a block scalar (`|`, `>`) includes its last line break.
    const lineBreak = this.text[end - 1] === '\n' ? this.lineBreak : '';
    this.edit(from, end - from, scalar + lineBreak);
  }

  /** Adds a pair behind the last one. */
  appendPair(map: YAMLMap, key: string, value: Data): void {
    if (map.flow) {
      this.appendFlow(map, `${JSON.stringify(key)}: ${flow(value)}`);
    } else {
      this.appendLines(endOf(map), indentOf(map), pairLines(key, value), indentOf(map));
    }
  }

  /** Adds an item behind the last one. */
  appendItem(seq: YAMLSeq, item: Data): void {
    if (seq.flow) {
      this.appendFlow(seq, flow(item));
    }
    // A list may stand as far left as the pairs around it, and is nested deeper all the same.
    else {
      this.appendLines(endOf(seq), indentOf(seq), listItemLines(item), indentOf(seq) + 0.5);
    }
  }

  /** Puts `value` where a pair has nothing: no value, null, or an empty list or mapping. */
  fillPair(pair: Pair, value: Exclude<Data, string>, parent: YAMLMap): void {
    const [start, end] = range(pair.value as Node);
    if (parent.flow) {
      if (start === end) {
        this.edit(afterColon(pair), 0, ` ${flow(value)}`);
      } else {
        this.edit(start, end - start, flow(value));
      }
      return;
    }
    if (start < end) {
      const from = this.text.slice(0, start).trimEnd().length;
      this.edit(from, end - from, '');
    }
    const indent = indentOf(parent);
    const lines = pairLines('', value).slice(1);
    this.appendLines(Math.max(end, afterColon(pair)), indent, lines, indent + 0.5);
  }

  /** Takes pairs out, with the lines, or the commas, that are theirs alone. Call it before adding to the same mapping. */
  removePairs(map: YAMLMap, pairs: readonly Pair[]): void {
    for (const pair of pairs) {
      this.removed.add(pair);
    }
    for (const pair of pairs) {
      const [start, end] = map.flow ? this.flowPairRange(map, pair) : this.pairLinesRange(map, pair);
      this.edit(start, end - start, '');
    }
  }

  /** The text with every change made. */
  result(): string {
    const ordered = this.edits
      .map((edit, order) => ({ ...edit, order }))
      .sort((a, b) => a.offset - b.offset || b.depth - a.depth || a.order - b.order);
    let result = '';
    let position = 0;
    for (const { offset, length, text } of ordered) {
      result += this.text.slice(position, offset) + text;
      // Something may be added at the beginning of what is removed.
      position = Math.max(position, offset + length);
    }
    return result + this.text.slice(position);
  }

  private scalar(value: string, parent: YAMLMap): string {
    return parent.flow ? JSON.stringify(value) : blockScalar(value);
  }

  /** Adds lines below the line on which `offset` stands, and below the comments there that belong to it. */
  private appendLines(offset: number, indent: number, lines: readonly string[], depth: number): void {
    const block = lines.map((line) => ' '.repeat(indent) + line).join(this.lineBreak);
    const below = this.afterComments(this.lineEnd(offset), indent);
    if (this.text[below - 1] === '\n') {
      this.edit(below, 0, block + this.lineBreak, depth);
    } else {
      this.edit(below, 0, this.lineBreak + block, depth);
    }
  }

  /** Just behind the line break of the line on which `offset` stands, or the end of the text. */
  private lineEnd(offset: number): number {
    if (this.text[offset - 1] === '\n') {
      return offset;
    }
    const lineBreak = this.text.indexOf('\n', offset);
    return lineBreak === -1 ? this.text.length : lineBreak + 1;
  }

  /** Behind the comment lines at `offset` that are indented further than `indent`. */
  private afterComments(offset: number, indent: number): number {
    const comment = /[ ]*#/y;
    let end = offset;
    for (;;) {
      comment.lastIndex = end;
      const found = comment.exec(this.text)?.[0];
      if (found === undefined || found.length - 1 <= indent) {
        return end;
      }
      end = this.lineEnd(end + found.length);
    }
  }

  /** A block pair's lines, with the comments that are indented below it. */
  private pairLinesRange(map: YAMLMap, pair: Pair): [number, number] {
    const [key] = range(pair.key as Node);
    const start = this.text.lastIndexOf('\n', key - 1) + 1;
    return [start, this.afterComments(this.lineEnd(endOfItem(pair)), indentOf(map))];
  }

  /** A flow pair with one comma: the one before it, or behind it where nothing that stays stands before. */
  private flowPairRange(map: YAMLMap, pair: Pair): [number, number] {
    const { items } = map;
    const i = items.indexOf(pair);
    const [start] = range(pair.key as Node);
    const next = items[i + 1];
    const previous = items[i - 1];
    if (previous && items.slice(0, i).some((item) => !this.removed.has(item))) {
      return [endOfItem(previous), endOfItem(pair)];
    }
    return [start, next ? range(next.key as Node)[0] : this.afterComma(endOfItem(pair))];
  }

  /** Behind the comma that follows, if one does: the last element may have one. */
  private afterComma(offset: number): number {
    const comma = /\s*,/y;
    comma.lastIndex = offset;
    return comma.test(this.text) ? comma.lastIndex : offset;
  }

  /** Adds to `{…}` or `[…]`, in the way in which its first element follows the bracket: on a line of its own, or not. */
  private appendFlow(collection: Collection, element: string): void {
    const [start, end] = range(collection);
    const last = collection.items.filter((item) => !this.removed.has(item)).at(-1);
    if (last === undefined) {
      this.edit(end - 1, 0, this.begun.has(collection) ? `, ${element}` : element);
      this.begun.add(collection);
      return;
    }
    const gap = /^[\s]*/.exec(this.text.slice(start + 1))?.[0] ?? '';
    this.edit(
      endOfItem(last),
      0,
      `,${gap.includes('\n') ? gap.slice(gap.lastIndexOf(this.lineBreak)) : ' '}${element}`,
    );
  }

  private edit(offset: number, length: number, text: string, depth = IN_LINE): void {
    this.edits.push({ offset, length, text, depth });
  }
}

function range(node: Node): [number, number] {
  if (!node.range) {
    throw new Error('the node was not parsed from a text');
  }
  return [node.range[0], node.range[1]];
}

/** Where the last value of a node ends, before any comment or blank line that follows it. */
function endOf(node: Node): number {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  return last === undefined ? range(node)[1] : endOfItem(last);
}

function endOfItem(item: unknown): number {
  if (isNode(item)) {
    return endOf(item);
  }
  const pair = item as Pair;
  const value = isNode(pair.value) ? endOf(pair.value) : 0;
  return Math.max(value, afterColon(pair));
}

/** Just behind the colon of a pair, or behind its key where it has none. */
function afterColon(pair: Pair): number {
  const colon = pair.srcToken?.sep?.find((token) => token.type === 'map-value-ind');
  return colon ? colon.offset + colon.source.length : range(pair.key as Node)[1];
}

function propertiesStart(pair: Pair): number | undefined {
  return pair.srcToken?.sep?.find((token) => token.type === 'tag' || token.type === 'anchor')?.offset;
}

function indentOf(collection: Collection): number {
  const token = collection.srcToken;
  return token && 'indent' in token ? token.indent : 0;
}
