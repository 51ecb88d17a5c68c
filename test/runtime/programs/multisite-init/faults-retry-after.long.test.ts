import { expect, test } from 'vitest';
import { expectFailure } from '../../../support/expect-failure.ts';
import type { Fault } from '../../../support/fault.ts';
import { atEach, createFaultSite, STEPS } from '../../../support/fault-site.ts';

/** A timer counts from when the engine last looked at the clock, which is a little earlier. */
const SLACK_MS = 30;

const answer = (status: number, retryAfter: string): Fault => ({
  kind: 'answer',
  status,
  headers: { 'retry-after': retryAfter },
  body: '{"message": "later"}',
});

test.each([
  [429, 'seconds', () => ({ header: '1', earliest: Date.now() + 1000 })],
  [503, 'seconds', () => ({ header: '1', earliest: Date.now() + 1000 })],
  [
    429,
    'a date',
    () => {
      const earliest = (Math.floor(Date.now() / 1000) + 3) * 1000;
      return { header: new Date(earliest).toUTCString(), earliest };
    },
  ],
] as const)('at each request of the run, %d with Retry-After in %s is honoured', (status, _, ask) =>
  atEach(STEPS, async (engine, at) => {
    let earliest: number | undefined;
    let next: number | undefined;
    const { run, expectNew } = await createFaultSite((step) => {
      if (earliest !== undefined) {
        next ??= Date.now();
      }
      if (step !== at || earliest !== undefined) {
        return { kind: 'pass' };
      }
      const asked = ask();
      earliest = asked.earliest;
      return answer(status, asked.header);
    });
    const ended = await run(engine);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(next).toBeGreaterThanOrEqual((earliest ?? Number.NaN) - SLACK_MS);
    await expectNew();
  }),
);

test.each(['', 'soon', '-1', 'Sat, 01 Jan 2000 00:00:00 GMT'])(
  'a Retry-After of "%s" asks for nothing',
  (header) =>
    atEach(['read'], async (engine) => {
      const { run, expectNew } = await createFaultSite((_, count) =>
        count === 1 ? answer(429, header) : { kind: 'pass' },
      );
      const ended = await run(engine, '--timeout=5s');
      expect(ended).toMatchObject({ exitCode: 0 });
      await expectNew();
    }),
);

test('who is asked to wait for longer than there is time ends at once', () =>
  atEach(STEPS, async (engine, at) => {
    const { run, steps } = await createFaultSite((step) =>
      step === at ? answer(429, '3600') : { kind: 'pass' },
    );
    expectFailure(await run(engine), 6, /429: later/);
    expect(steps()).toEqual(STEPS.slice(0, STEPS.indexOf(at) + 1));
  }));

test('an attempt that the deadline cuts short does not hide what failed before', () =>
  atEach(['read'], async (engine) => {
    const { run, steps } = await createFaultSite((_, count) =>
      count === 1 ? answer(503, '1') : { kind: 'stall' },
    );
    expectFailure(await run(engine, '--timeout=1900ms'), 6, /503: later/);
    expect(steps()).toEqual(['read', 'read']);
  }));
