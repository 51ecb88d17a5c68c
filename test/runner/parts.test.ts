import { expect, test } from 'vitest';
import { type PartName, type Schedule, scheduleOf } from './parts.ts';

const cases: { what: string; parts: PartName[]; schedule: Schedule }[] = [
  {
    what: 'what waits most of the time runs beside others, and what is about time after all of them',
    parts: ['shell', 'long', 'helm', 'node', 'soak'],
    schedule: { first: ['shell', 'helm'], beside: ['node', 'soak'], last: ['long'] },
  },
  {
    what: 'without others nothing runs beside them',
    parts: ['long', 'node', 'soak'],
    schedule: { first: ['node', 'soak'], beside: [], last: ['long'] },
  },
  { what: 'one part runs', parts: ['long'], schedule: { first: [], beside: [], last: ['long'] } },
];

test.each(cases)('$what', ({ parts, schedule }) => {
  expect(scheduleOf(parts)).toEqual(schedule);
});
