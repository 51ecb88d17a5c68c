import { isAlias, isCollection, isMap, isNode, isPair, isScalar, type Node, type Scalar } from 'yaml';
import { type KubeconfigDocument, parseKubeconfig } from './document.ts';
import { RefusedError } from './refused-error.ts';

/**
 * The last check before a write: the new text must mean what was intended, and nothing else.
 *
 * @returns the new document
 */
export function expectReadsAs(text: string, expected: KubeconfigDocument): KubeconfigDocument {
  const document = read(text);
  if (!document || !readsAs(document, expected)) {
    throw new RefusedError(
      'the existing document has a form that the program cannot change safely',
      'Please report the form of the document (without tokens) as a bug. A document that `kubectl config view --raw` wrote should work.',
    );
  }
  return document;
}

function read(text: string): KubeconfigDocument | undefined {
  try {
    return parseKubeconfig(text);
  } catch {
    // The parser's error is less helpful than the error above.
    return undefined;
  }
}

/**
 * Whether a document has exactly the expected nodes, in the same order, and each alias refers to the same node. This check is
 * stricter than a comparison of the data, and faster.
 */
function readsAs(document: KubeconfigDocument, expected: KubeconfigDocument): boolean {
  /** For each expected node with an anchor, the node that was read in its place. */
  const twins = new Map<unknown, Node>();
  const same = (read: unknown, node: unknown): boolean => {
    if (isPair(read) && isPair(node)) {
      return same(read.key, node.key) && same(read.value, node.value);
    }
    if (!isNode(read) || !isNode(node)) {
      return read === node;
    }
    if (node.anchor) {
      twins.set(node, read);
    }
    if (wasParsed(node) && read.tag !== node.tag) {
      return false;
    }
    if (isAlias(node)) {
      return isTwin(document.aliases.get(read), twins.get(expected.aliases.get(node)));
    }
    if (isScalar(node)) {
      return isScalar(read) && sameScalar(read, node);
    }
    return (
      isCollection(read) &&
      isMap(read) === isMap(node) &&
      read.items.length === node.items.length &&
      node.items.every((item, i) => same(read.items[i], item))
    );
  };
  return same(document.top, expected.top);
}

function isTwin(node: Node | undefined, twin: Node | undefined): boolean {
  return twin !== undefined && node === twin;
}

/** A parsed scalar must keep its exact spelling, because readers differ in how they read plain scalars. */
function sameScalar(read: Scalar, expected: Scalar): boolean {
  const sameText = read.source === expected.source && read.type === expected.type;
  if (wasParsed(expected) && !sameText) {
    return false;
  }
  return Object.is(read.value, expected.value) || (isObject(read.value) && isObject(expected.value));
}

/** Bytes or a date, which a tag creates from text. The same text always gives the same value. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Whether a node comes from the text. A node that was created for a change does not. */
function wasParsed({ range }: Node): boolean {
  return range !== undefined && range !== null;
}
