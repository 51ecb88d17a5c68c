import { expect, test } from 'vitest';
import { isReadAlike, readByGo, readByPython } from '../../../runtime/kubeconfig/plain-scalar.ts';

const CHARACTERS = [...'yYnNoOfFeEsStTrRuUlLaAiIx0123789._:-+=<~/ '];

/** All texts of up to three characters, and the longer words that some reader knows. */
const TEXTS = [
  ...CHARACTERS.flatMap((a) => [
    a,
    ...CHARACTERS.flatMap((b) => [a + b, ...CHARACTERS.map((c) => a + b + c)]),
  ]),
  ...['null', 'Null', 'NULL', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'https://10.0.0.1:6443'],
];

test('what is said to be read alike is read alike', () => {
  const differing = TEXTS.filter((text) => isReadAlike(text) && readByGo(text) !== readByPython(text));
  expect(differing).toEqual([]);
  expect(TEXTS.filter(isReadAlike).length).toBeGreaterThan(TEXTS.length / 3);
});
