import { isCollection, isNode, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { blockScalar, type Data, flow, listItemLines, pairLines } from './yaml-text.ts';

/** Replaces `length` characters at `offset`. If several edits have the same place, the most deeply nested one comes first. */
interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly depth: number;
}

/** The depth of an edit within a line. Such an edit comes before edits that add lines below. */
const IN_LINE = Number.POSITIVE_INFINITY;

type Collection = YAMLMap | YAMLSeq;

/**
 * Changes a parsed YAML document in its text, at the ranges of the parsed nodes. So every byte outside of the changed values stays
 * as it was. Nodes must come from `parseDocument(text, { keepSourceTokens: true })`.
 */
export class Splice {
  private readonly edits: Edit[] = [];
  /** Empty `{}` and `[]` that already have their first new element. */
  private readonly begun = new Set<Collection>();
  private readonly removed = new Set<unknown>();
  private readonly text: string;
  private readonly lineBreak: string;

  constructor(text: string) {
    this.text = text;
    this.lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Sets the pair's scalar. A quoted scalar stays quoted. */
  replaceScalar(pair: Pair, value: string, parent: YAMLMap): void {
    const node = pair.value as Node;
    const [start, end] = range(node);
    if (start === end) {
      this.edit(afterColon(pair), 0, ` ${this.scalar(value, parent)}`);
      return;
    }
    // A tag (`!!binary`) or an anchor belongs to the old value.
    const from = propertiesStart(pair) ?? start;
    const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
    const scalar = quoted ? JSON.stringify(value) : this.scalar(value, parent);
    // The range of a block scalar (`|`, `>`) includes its last line break.
    const lineBreak = this.text[end - 1] === '\n' ? this.lineBreak : '';
    this.edit(from, end - from, scalar + lineBreak);
  }

  /** Adds a pair after the last one. */
  appendPair(map: YAMLMap, key: string, value: Data): void {
    if (map.flow) {
      this.appendFlow(map, `${JSON.stringify(key)}: ${flow(value)}`);
    } else {
      this.appendLines(endOf(map), indentOf(map), pairLines(key, value), indentOf(map));
    }
  }

  /** Adds an item after the last one. */
  appendItem(seq: YAMLSeq, item: Data): void {
    if (seq.flow) {
      this.appendFlow(seq, flow(item));
    }
    // A list may have the same indentation as the pairs around it, but is nested deeper.
    else {
      this.appendLines(endOf(seq), indentOf(seq), listItemLines(item), indentOf(seq) + 0.5);
    }
  }

  /** Sets the value of a pair that has no value, null, or an empty list or mapping. */
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

  /** Removes pairs, together with their own lines or commas. Call it before you add to the same mapping. */
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
      // An edit may add text at the beginning of removed text.
      position = Math.max(position, offset + length);
    }
    return result + this.text.slice(position);
  }

  private scalar(value: string, parent: YAMLMap): string {
    return parent.flow ? JSON.stringify(value) : blockScalar(value);
  }

  /** Adds lines below the line of `offset`, and below the comments there that belong to it. */
  private appendLines(offset: number, indent: number, lines: readonly string[], depth: number): void {
    const block = lines.map((line) => ' '.repeat(indent) + line).join(this.lineBreak);
    const below = this.afterComments(this.lineEnd(offset), indent);
    if (this.text[below - 1] === '\n') {
      this.edit(below, 0, block + this.lineBreak, depth);
    } else {
      this.edit(below, 0, this.lineBreak + block, depth);
    }
  }

  /** The offset after the line break of the line of `offset`, or the end of the text. */
  private lineEnd(offset: number): number {
    if (this.text[offset - 1] === '\n') {
      return offset;
    }
    const lineBreak = this.text.indexOf('\n', offset);
    return lineBreak === -1 ? this.text.length : lineBreak + 1;
  }

  /** The offset after the comment lines at `offset` that are indented further than `indent`. */
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

  /** The range of a block pair's lines, with the comments that are indented below it. */
  private pairLinesRange(map: YAMLMap, pair: Pair): [number, number] {
    const [key] = range(pair.key as Node);
    const start = this.text.lastIndexOf('\n', key - 1) + 1;
    return [start, this.afterComments(this.lineEnd(endOfItem(pair)), indentOf(map))];
  }

  /** The range of a flow pair with one comma: the comma before it, or the comma after it if no remaining pair is before it. */
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

  /** The offset after the next comma, if there is one: the last element may have a comma. */
  private afterComma(offset: number): number {
    const comma = /\s*,/y;
    comma.lastIndex = offset;
    return comma.test(this.text) ? comma.lastIndex : offset;
  }

  /** Adds an element to `{…}` or `[…]`: on a separate line, if the first element is on a separate line. */
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

/** The end of a node's last value, before any comment or blank line after it. */
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

/** The offset after the colon of a pair, or after its key if it has no colon. */
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
