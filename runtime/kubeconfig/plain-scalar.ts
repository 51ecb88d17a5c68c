/** The value of a plain scalar for a YAML reader. A plain scalar is text without quotes, and not always a string. */
export type Plain = null | boolean | number | string | Date;

/** Reads a plain scalar. Undefined if the reader refuses the whole document because of it. */
export type ReadPlain = (text: string) => Plain | undefined;

const NULLS = ['', '~', 'null', 'Null', 'NULL'];
const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];

/** Texts that mean null or a boolean. For Python, y and n are strings. */
const WORDS = new Map<string, Plain>([
  ...NULLS.map((text) => [text, null] as const),
  ...TRUE.map((text) => [text, true] as const),
  ...FALSE.map((text) => [text, false] as const),
]);

/** Kubernetes cannot convert such a number to JSON. */
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Without `_`. The base is in the prefix, and a leading zero means base 8. */
const INTEGER = /^[-+]?(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/;
/** Go's YAML library also accepts a sign after the prefix. */
const SIGNED_BINARY = /^0b[-+][01]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * The range of integers in JSON. Go's YAML library has no integers outside this range. If their base is not 10, it
 * reads them as strings.
 */
const LEAST_INTEGER = -(2n ** 63n);
const GREATEST_INTEGER = 2n ** 64n - 1n;

/**
 * Whether all programs read the scalar in the same way. They agree on every word that begins with a
 * letter or a slash, except y and n: only some programs read these as booleans.
 */
export function isReadAlike(text: string): boolean {
  return /^(?![yYnN]$)[A-Za-z/]/.test(text);
}

/**
 * Reads a scalar as kubectl does: by the rules of YAML 1.1 in Go's YAML library
 * (https://github.com/yaml/go-yaml/blob/v2.4.3/resolve.go). For it, a date is a string.
 */
export function readByGo(text: string): Plain | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) {
    return word;
  }
  return NOT_FINITE.test(text) ? undefined : (readNumber(text) ?? text);
}

function readNumber(text: string): number | undefined {
  if (!/^[-+.\d]/.test(text)) {
    return undefined;
  }
  // A text that begins with a dot keeps its underscores, so it is not a number.
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  if (SIGNED_BINARY.test(digits)) {
    return Number.parseInt(digits.slice('0b'.length), 2);
  }
  if (INTEGER.test(digits) && isInRange(digits)) {
    return Number(integerOf(digits));
  }
  const float = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(float) ? float : undefined;
}

function isInRange(digits: string): boolean {
  const integer = integerOf(digits);
  return LEAST_INTEGER <= integer && integer <= GREATEST_INTEGER;
}

function integerOf(digits: string): bigint {
  const magnitude = BigInt(
    digits
      .replace(/^[-+]/, '')
      .replace(/^0(?=[0-7])/, '0o')
      .toLowerCase(),
  );
  return digits.startsWith('-') ? -magnitude : magnitude;
}

const PYTHON_INTEGER =
  /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const PYTHON_FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const PYTHON_DATE =
  /^(?<day>\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?=[Tt \t]))(?:(?:[Tt]|[ \t]+)(?<time>\d\d?:\d\d:\d\d)(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/;

/**
 * Reads a scalar as the Python client does: by the rules of YAML 1.1 in PyYAML (https://yaml.org/type/). For it, 12:30 is a number
 * in base 60. For numbers and dates, only the type is compared.
 */
export function readByPython(text: string): Plain | undefined {
  const word = /^[yn]$/i.test(text) ? text : WORDS.get(text);
  if (word !== undefined) {
    return word;
  }
  if (text === '=' || text === '<<') {
    return undefined;
  }
  if (PYTHON_INTEGER.test(text)) {
    return /^[-+]?0[bx]_+$/.test(text) ? undefined : 0;
  }
  if (PYTHON_FLOAT.test(text) || NOT_FINITE.test(text)) {
    return 0;
  }
  const { day, time } = PYTHON_DATE.exec(text)?.groups ?? {};
  return day === undefined ? text : dateOf(day, time);
}

/** Undefined if there is no such day or time. */
function dateOf(day: string, time = '0:0:0'): Date | undefined {
  const [year = 0, month = 0, dayOfMonth = 0] = day.split('-').map(Number);
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth, hours, minutes, seconds));
  const exists = date.getUTCDate() === dayOfMonth && date.getUTCMonth() === month - 1 && hours < 24;
  return exists && minutes < 60 && seconds < 60 && year > 0 ? date : undefined;
}
