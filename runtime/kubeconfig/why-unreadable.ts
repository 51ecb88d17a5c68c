import { Lexer } from 'yaml';
import { CLIENT_CONFIG, type FieldType } from './client-config.ts';
import { decode, decodeClearly, MismatchError, PYTHON_CLIENT } from './decode.ts';
import type { KubeconfigDocument } from './document.ts';
import { lineAndColumn } from './line-and-column.ts';

/** Characters that both Go and Python refuse, even in a comment (https://yaml.org/spec/1.1/#c-printable). */
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * Why kubectl or the Python client could not read a document, or would read it differently. In such a document no entry is usable.
 * Undefined if both read the same.
 */
export function whyUnreadable(document: KubeconfigDocument, text: string): string | undefined {
  return whyNoYaml(document, text) ?? whyNoKubeconfig(document, text);
}

/** What YAML 1.2 allows and YAML 1.1 does not. */
function whyNoYaml({ yaml }: KubeconfigDocument, text: string): string | undefined {
  const notPrintable = NOT_PRINTABLE.exec(text);
  if (notPrintable) {
    return `it has a character that readers refuse (${lineAndColumn(notPrintable.index, text)})`;
  }
  const { version, explicit } = yaml.directives.yaml;
  if (explicit && version !== '1.1') {
    return `it begins with %YAML ${version}, but kubectl reads only 1.1`;
  }
  // BAD_INDENT only means that a flow collection ends without indentation, which readers accept.
  const warning = yaml.warnings.find(({ code }) => code !== 'BAD_INDENT');
  if (warning) {
    return `it has a directive or a tag that readers refuse (${lineAndColumn(warning.pos[0], text)})`;
  }
  const found = SUSPICIOUS.test(text) ? findNotInYaml11(text) : undefined;
  return found && `it has ${found.what} (${lineAndColumn(found.offset, text)})`;
}

/** Most texts have nothing that `findNotInYaml11` searches for, and reading them again takes time. */
const SUSPICIOUS = /[\t?&*]|\\[/u]/;

interface Found {
  readonly what: string;
  readonly offset: number;
}

function findNotInYaml11(text: string): Found | undefined {
  let offset = 0;
  let flowLevel = 0;
  let isUnquoted = false;
  let isBlock = false;
  const anchors = new Set<string>();
  for (const token of new Lexer().lex(text)) {
    if (!isUnquoted && token.startsWith('&')) {
      if (anchors.has(token)) {
        return { what: 'an anchor twice, which the Kubernetes client for Python refuses', offset };
      }
      anchors.add(token);
    }
    flowLevel += isUnquoted ? 0 : (FLOW_LEVELS[token] ?? 0);
    const problem = isUnquoted && isBlock ? undefined : problemOf(token, isUnquoted, flowLevel > 0);
    if (problem) {
      return { what: problem.what, offset: offset + problem.index };
    }
    offset += MARKS.includes(token) ? 0 : token.length;
    isBlock = !isUnquoted && (isBlock || /^[|>]/.test(token));
    isUnquoted = token === SCALAR;
  }
  return undefined;
}

/** @param isUnquoted whether the token is the text of a scalar without quotes */
function problemOf(
  token: string,
  isUnquoted: boolean,
  isInFlow: boolean,
): { readonly what: string; readonly index: number } | undefined {
  const problems = isUnquoted ? UNQUOTED : OTHERS;
  for (const { what, pattern, onlyInFlow } of problems) {
    const match = onlyInFlow && !isInFlow ? null : pattern.exec(token);
    if (match) {
      return { what, index: match.index };
    }
  }
  return undefined;
}

interface Problem {
  readonly what: string;
  readonly pattern: RegExp;
  readonly onlyInFlow?: boolean;
}

/** Python accepts a tab as white space only in quotes, in a block scalar and in a comment. In flow style, both readers end an unquoted scalar at a `?`. */
const UNQUOTED: readonly Problem[] = [
  { what: 'a tab in place of spaces', pattern: /\t/ },
  { what: 'a "?" without quotes inside [ ] or { }', pattern: /\?/, onlyInFlow: true },
];

/** YAML 1.1 allows fewer characters in the names of anchors, and no escaped slash as in JSON. kubectl does not know surrogate pairs. */
const OTHERS: readonly Problem[] = [
  { what: 'a tab in place of spaces', pattern: /(?<=^[ \t]*)\t(?=[ \t]*$)/ },
  { what: 'an anchor or alias that readers cannot read', pattern: /^[&*](?![\w-]+$)/ },
  {
    what: 'an escape that kubectl does not know',
    pattern: /(?<=^"(?:[^\\]|\\[\s\S])*?)\\(?:\/|u[dD][89a-fA-F])/,
  },
];

/** The lexer's mark before a scalar without quotes. For a block scalar, the mark comes after the header (`|` or `>`). */
const SCALAR = '\u001f';

/** The lexer's mark for a flow collection without a closing bracket. */
const FLOW_END = '\u0018';

/** The lexer's own marks: the mark for the begin of a document, and the two above. */
const MARKS = ['\u0002', FLOW_END, SCALAR];

const FLOW_LEVELS: Readonly<Record<string, number>> = { '[': 1, '{': 1, ']': -1, '}': -1 };

function whyNoKubeconfig({ top, aliases }: KubeconfigDocument, text: string): string | undefined {
  try {
    const kubectl = decodeClearly(top, CLIENT_CONFIG, aliases);
    // The second decoding takes time, and nearly every document is clear.
    return kubectl.isClear ||
      areSame(kubectl.value, decode(top, CLIENT_CONFIG, aliases, PYTHON_CLIENT), CLIENT_CONFIG)
      ? undefined
      : 'kubectl and the Kubernetes client for Python read it differently';
  } catch (error) {
    if (!(error instanceof MismatchError)) {
      throw error;
    }
    const place = error.offset === undefined ? '' : ` (${lineAndColumn(error.offset, text)})`;
    return error.message + place;
  }
}

/** Whether two readers got the same data. Data of an unknown type are not compared. */
function areSame(one: unknown, other: unknown, type: FieldType): boolean {
  if (type === 'anything' || one === other) {
    return true;
  }
  if (one === undefined || other === undefined || typeof type === 'string') {
    return Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other);
  }
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => {
    const inner = 'list' in type ? type.list : 'fields' in type ? type.fields[key] : type.valuesOf;
    return inner === undefined || areSame(left[key], right[key], inner);
  });
}
