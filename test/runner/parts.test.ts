import { expect, test } from 'vitest';
import { type PartName, splitParts } from './parts.ts';

const cases: { what: string; parts: PartName[]; shown: PartName[]; beside: PartName[] }[] = [
  {
    what: 'what waits most of the time runs beside the others',
    parts: ['shell', 'helm', 'node', 'soak'],
    shown: ['shell', 'helm'],
    beside: ['node', 'soak'],
  },
  {
    what: 'without others it is shown',
    parts: ['node', 'soak'],
    shown: ['node', 'soak'],
    beside: [],
  },
];

test.each(cases)('$what', ({ parts, shown, beside }) => {
  expect(splitParts(parts)).toEqual({ shown, beside });
});
