import { CST, isAlias, isMap, isScalar, isSeq, Lexer, type Pair, type Scalar, visit } from 'yaml';
import { type KubeconfigDocument, listOf, pairOf, parseKubeconfig } from './document.ts';

/**
 * Shows kubeconfigs without their credentials. Each credential is replaced by a number. Equal credentials have the same number,
 * so that a change is visible.
 */
export function createKubeconfigRedactor(): (text: string) => string {
  const numbers = new Map<string, number>();
  const placeholder = (secret: string) => {
    if (!numbers.has(secret)) {
      numbers.set(secret, numbers.size + 1);
    }
    return `(redacted ${numbers.get(secret)})`;
  };
  return (text) => {
    let redacted = '';
    let position = 0;
    for (const { start, end, before } of hiddenParts(text)) {
      // A comment after the `|` of a block scalar is part of the scalar.
      if (start < position) {
        continue;
      }
      const lineBreak = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
      redacted += text.slice(position, start) + before + placeholder(text.slice(start, end)) + lineBreak;
      position = end;
    }
    return redacted + text.slice(position);
  };
}

interface Part {
  readonly start: number;
  readonly end: number;
  /** The text before the number. */
  readonly before: string;
}

function hiddenParts(text: string): Part[] {
  const document = parseKubeconfig(text);
  const scalars = document === undefined ? [] : secretScalars(document);
  const parts = [...scalars.map(({ range }) => part(range?.[0], range?.[1], '')), ...comments(text)];
  return parts.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
}

function part(start = 0, end = 0, before: string): Part {
  return { start, end, before };
}

/** All credentials of the users, and copies of them elsewhere in the document. */
function secretScalars(document: KubeconfigDocument): Scalar[] {
  const secret = new Set(credentials(document));
  // Shorter values are ordinary words, which may be elsewhere by chance.
  const values = new Set([...secret].map(({ value }) => String(value)).filter(({ length }) => length >= 8));
  visit(document.yaml, {
    Scalar: (_, scalar) => {
      const text = String(scalar.value);
      // The URL of a proxy may have a user and a password.
      if (/:\/\/.*@/s.test(text) || values.has(text)) {
        secret.add(scalar);
      }
    },
  });
  return [...secret];
}

/** Tokens, keys and passwords, and the arguments and variables of plug-ins. */
function credentials(document: KubeconfigDocument): Scalar[] {
  const collect = (node: unknown): Scalar[] => {
    if (isAlias(node)) {
      return collect(node.resolve(document.yaml));
    }
    if (isMap(node)) {
      return node.items.flatMap((pair) => (isUserName(pair) ? [] : collect(pair.value)));
    }
    if (isSeq(node)) {
      return node.items.flatMap(collect);
    }
    return isScalar(node) && node.value !== null ? [node] : [];
  };
  const users = listOf(document.top, 'users')?.items ?? [];
  return users.flatMap((user) => (isMap(user) ? collect(pairOf(user, 'user')?.value) : []));
}

function isUserName({ key }: Pair): boolean {
  return isScalar(key) && key.value === 'username';
}

/** All comments are hidden: a commented-out entry can have a token, and no pattern finds it reliably. */
function comments(text: string): Part[] {
  const parts: Part[] = [];
  let position = 0;
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(text)) {
    const isText = isScalarNext;
    isScalarNext = lexeme === CST.SCALAR;
    // The lexer adds its own marks, which are not in the text.
    if (isScalarNext || lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END) {
      continue;
    }
    const end = position + lexeme.length;
    if (!isText && lexeme.startsWith('#')) {
      parts.push({ start: position, end, before: '# ' });
    }
    position = end;
  }
  return parts;
}
