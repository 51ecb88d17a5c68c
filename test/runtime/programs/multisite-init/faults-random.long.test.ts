import { expect, test } from 'vitest';
import type { Fault } from '../../../support/fault.ts';
import { FAULTS, STALLS } from '../../../support/fault-cases.ts';
import { seededRandom } from '../../../support/fault-random.ts';
import { atEach, createFaultSite, type FaultSite } from '../../../support/fault-site.ts';
import { OTHERS } from '../../../support/other-sites.ts';

const FAULT_PART = 0.3;
const RESET_PART = 0.1;
const INTERVENTION_PART = 0.25;

/** With their exit codes; what stalls is rarer, as it takes the rest of the run. */
const CHOICE: readonly { readonly fault: Fault; readonly exitCode: number }[] = [
  ...[...FAULTS, ...FAULTS, ...FAULTS, ...STALLS].map(({ fault }) => ({ fault, exitCode: 6 })),
  { fault: { kind: 'answer', status: 403, body: '{"message": "not yet"}' }, exitCode: 4 },
  { fault: { kind: 'answer', status: 404, body: '{"message": "not yet"}' }, exitCode: 5 },
];

// A failing one can be tried again by its number, as far as the program's own waits allow.
test.each([
  [11, 12, 13, 14],
  [21, 22, 23, 24],
  [31, 32, 33, 34],
  [41, 42, 43, 44],
])('random faults while somebody else writes (seeds %d, %d, %d, %d)', (...seeds) =>
  atEach(seeds, async (engine, seed) => {
    const random = seededRandom(seed);
    const exitCodes = new Set([6]);
    let others = OTHERS;
    const decide = (): Fault => {
      const before = random() < INTERVENTION_PART ? intervene : undefined;
      if (random() >= FAULT_PART) {
        return { kind: 'pass', ...(before && { before }) };
      }
      const { fault, exitCode } = CHOICE[Math.floor(random() * CHOICE.length)] as (typeof CHOICE)[number];
      exitCodes.add(exitCode);
      return fault;
    };
    const created: FaultSite = await createFaultSite(decide, {
      connection: () => (random() < RESET_PART ? 'reset' : 'none'),
      closesAfterAnswer: random() < 0.5,
    });
    const { site, proxy, run, expectNew } = created;
    const intervene = async () => {
      const line = `# visit ${others.length}\n`;
      await site.setDocument(`${await site.document()}${line}`);
      others += line;
    };

    const ended = await run(engine, '--timeout=3s', '--wait=2s');
    await proxy.settled();
    const writes = proxy.answers.filter((answer) => /^200 PATCH/.test(answer));
    // A write whose answer got lost is noticed, and not repeated.
    expect(writes.length).toBeLessThanOrEqual(1);
    if (ended.exitCode === 0) {
      expect(writes).toHaveLength(1);
    } else {
      expect([...exitCodes]).toContain(ended.exitCode);
    }
    if (writes.length === 1) {
      await expectNew(others);
    } else {
      expect(await site.document()).toBe(others);
    }
  }),
);
