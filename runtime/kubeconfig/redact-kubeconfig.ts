import { CST, isAlias, isMap, isScalar, isSeq, Lexer, type Pair, type Scalar, visit } from 'yaml';
import { type KubeconfigDocument, listOf, pairOf, parseKubeconfig } from './document.ts';

/**
 * Shows kubeconfigs without the credentials in them. Each is replaced by a number, the same one wherever it stands,
 * so that a change of it is still seen.
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
      // A comment behind the `|` of a block scalar is part of that.
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
  /** What stands before the number. */
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

/** How users authenticate, in whatever way, and what of that stands elsewhere. */
function secretScalars(document: KubeconfigDocument): Scalar[] {
  const secret = new Set(credentials(document));
  // Shorter ones are words that stand elsewhere for themselves.
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

/** Tokens and keys, but passwords, arguments and variables of plug-ins too. */
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

/** An entry that somebody has commented out has a token as well, and no form that is sure to be found. */
function comments(text: string): Part[] {
  const parts: Part[] = [];
  let position = 0;
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(text)) {
    const isText = isScalarNext;
    isScalarNext = lexeme === CST.SCALAR;
    // Marks of the lexer's own stand for no text.
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
