import fc from 'fast-check';

/** The values of an arbitrary. */
export type ValueOf<T> = T extends fc.Arbitrary<infer V> ? V : never;

/** Usual far more often than odd, so that many apps have one value wrong, and many none. */
export function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, times = 40): fc.Arbitrary<T> {
  return fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

/** A record of which any prop may be left out. */
export function props<T>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record<T, never>(arbitraries, { requiredKeys: [] });
}

const ODD_WORDS = (
  'A aB a_b a.b a..b .a a. - -a a- 0 1a ~ / /a a/ a/b a//b . .. ../a a/../b /a/.. ./a /a/ /a:b a:b $(HOME) $$ % a%b #a ' +
  '" \' \\ { } * @ a=b a,b --a = : é ß 😀 true null undefined constructor __proto__ toString yes on y 1e3 0x1f 0X1F 012 0o7 0B1 ' +
  '1_000 12:30 NaN .inf 2001-01-01 <<'
).split(' ');
const ODD_SPACES = ['', ' ', 'a b', ' a', 'a ', 'a\tb', 'a\nb', '\n', 'a\n'];
const ODD_CHARACTERS = [
  '\u0000',
  '\u0085',
  'a\u0085b',
  '\u2028',
  'a\u2028b',
  '\ufeff',
  '\u007f',
  '\ud800',
  '\uffff',
];
/** At the limits of one name or another, and one more. */
const LONG_WORDS = [55, 56, 58, 59, 63, 64, 128, 129, 253, 254, 1000].map((length) => 'a'.repeat(length));

/** What somebody might give by mistake, or to find the limits. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_WORDS, ...ODD_SPACES, ...ODD_CHARACTERS, ...LONG_WORDS) },
  // What most names and paths are made of.
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'aaA09--..//_:% '), maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

export function text(...usual: string[]): fc.Arbitrary<string> {
  return mostly(fc.constantFrom(...usual), oddText);
}

/** A DNS subdomain that is as long as can be, of labels that are, too. */
export const LONGEST_NAME = `${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(61);

/** The name of an object. */
export function objectName(...usual: string[]): fc.Arbitrary<string> {
  return mostly(
    fc.constantFrom(...usual, `${usual[0]}.1-a`, '0'),
    fc.oneof(oddText, fc.constantFrom(LONGEST_NAME, `${LONGEST_NAME}a`)),
  );
}

const ODD_NUMBERS = [
  ...[0, -0, -1, 1, 1.5, 0.1, 1e-7, 80, 443, 1023, 1024, 9779, 65535, 65536, 29999, 30000, 32767, 32768],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e21, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
];

export const oddNumber: fc.Arbitrary<number> = fc.constantFrom(...ODD_NUMBERS);

export function number(...usual: number[]): fc.Arbitrary<number> {
  return mostly(fc.constantFrom(...usual), oddNumber);
}

/** cdk8s makes no Size or Duration of less than nothing. */
export function amount(...usual: number[]): fc.Arbitrary<number> {
  return number(...usual).map((value) => Math.max(value, 0));
}

/** Short, since each key may be odd, and so may each value. */
export function dictionary(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
): fc.Arbitrary<Record<string, string>> {
  return fc.dictionary(key, value, { maxKeys: 2 });
}
