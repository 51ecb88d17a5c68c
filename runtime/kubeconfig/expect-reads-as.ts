import { isAlias, isCollection, isMap, isNode, isPair, isScalar, type Node, type Scalar } from 'yaml';
import { type KubeconfigDocument, parseKubeconfig } from './document.ts';
import { RefusedError } from './refused-error.ts';

/**
 * The last word before anything is written: the new text must mean what was intended, and nothing else.
 *
 * @returns the new document
 */
export function expectReadsAs(text: string, expected: KubeconfigDocument): KubeconfigDocument {
  const document = read(text);
  if (!document || !readsAs(document, expected)) {
    throw new RefusedError(
      'the existing document has a form that could not be changed safely',
      'Please report its form (without tokens) as a bug; rewritten by `kubectl config view --raw` it will do.',
    );
  }
  return document;
}

function read(text: string): KubeconfigDocument | undefined {
  try {
    return parseKubeconfig(text);
  } catch {
    // Says less than the refusal above.
    return undefined;
  }
}

/**
 * Whether a document has the very nodes that are expected, in their order, each alias standing for the same one. That
 * says more than equal data would, and takes less time.
 */
function readsAs(document: KubeconfigDocument, expected: KubeconfigDocument): boolean {
  /** For each node that aliases may stand for, the one that was read in its place. */
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

/** One that was parsed must be written in the same way, since readers differ in what they make of plain text. */
function sameScalar(read: Scalar, expected: Scalar): boolean {
  const sameText = read.source === expected.source && read.type === expected.type;
  if (wasParsed(expected) && !sameText) {
    return false;
  }
  return Object.is(read.value, expected.value) || (isObject(read.value) && isObject(expected.value));
}

/** Bytes or a date: what a tag makes of a text, and the same of the same text. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** As opposed to a node that was made for a change. */
function wasParsed({ range }: Node): boolean {
  return range !== undefined && range !== null;
}
