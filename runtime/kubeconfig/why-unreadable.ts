import { Lexer } from 'yaml';
import { CLIENT_CONFIG, type FieldType } from './client-config.ts';
import { decode, decodeClearly, MismatchError, PYTHON_CLIENT } from './decode.ts';
import type { KubeconfigDocument } from './document.ts';
import { placeOf } from './place.ts';

/** What neither Go nor Python takes, even in a comment (https://yaml.org/spec/1.1/#c-printable). */
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * Why kubectl or the Python client could not read a document, or would read it differently: then no entry in it would serve
 * anybody. Undefined where both read the same.
 */
export function whyUnreadable(document: KubeconfigDocument, text: string): string | undefined {
  return whyNoYaml(document, text) ?? whyNoKubeconfig(document, text);
}

/** What YAML 1.2 has and YAML 1.1 has not. */
function whyNoYaml({ yaml }: KubeconfigDocument, text: string): string | undefined {
  const notPrintable = NOT_PRINTABLE.exec(text);
  if (notPrintable) {
    return `it holds a character that readers refuse (${placeOf(notPrintable.index, text)})`;
  }
  const { version, explicit } = yaml.directives.yaml;
  if (explicit && version !== '1.1') {
    return `it begins with %YAML ${version}, and kubectl reads 1.1 alone`;
  }
  const tab = text.includes('\t') ? findTabBetweenWords(text) : undefined;
  return tab === undefined ? undefined : `it has a tab in the place of spaces (${placeOf(tab, text)})`;
}

/** Python takes a tab for white space only in quotes, in a block scalar and in a comment. */
function findTabBetweenWords(text: string): number | undefined {
  let offset = 0;
  let isUnquoted = false;
  let isBlock = false;
  for (const token of new Lexer().lex(text)) {
    const isChecked = isUnquoted ? !isBlock : /^[ \t]+$/.test(token);
    const tab = isChecked ? token.indexOf('\t') : -1;
    if (tab >= 0) {
      return offset + tab;
    }
    offset += MARKS.includes(token) ? 0 : token.length;
    isBlock = !isUnquoted && (isBlock || /^[|>]/.test(token));
    isUnquoted = token === SCALAR;
  }
  return undefined;
}

/** What the lexer puts before a scalar without quotes. Of a block scalar that comes after its header (`|` or `>`). */
const SCALAR = '\u001f';

/** What the lexer adds to the text: the begin of a document, the end of a flow collection, and that. */
const MARKS = ['\u0002', '\u0018', SCALAR];

function whyNoKubeconfig({ top, aliases }: KubeconfigDocument, text: string): string | undefined {
  try {
    const kubectl = decodeClearly(top, CLIENT_CONFIG, aliases);
    // Saves time, which counts: nearly every document is clear.
    return kubectl.isClear ||
      areSame(kubectl.value, decode(top, CLIENT_CONFIG, aliases, PYTHON_CLIENT), CLIENT_CONFIG)
      ? undefined
      : 'kubectl and the Python client read it differently';
  } catch (error) {
    if (!(error instanceof MismatchError)) {
      throw error;
    }
    const place = error.offset === undefined ? '' : ` (${placeOf(error.offset, text)})`;
    return error.message + place;
  }
}

/** Whether two readers got the same data, where the type of those is known. */
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
