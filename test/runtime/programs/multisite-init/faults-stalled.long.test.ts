import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { expectFailure } from '../../../support/expect-failure.ts';
import { NO_ANSWER, STALLS } from '../../../support/fault-cases.ts';
import {
  always,
  atEach,
  createFaultSite,
  once,
  runOutOfTime,
  STEPS,
  type Step,
} from '../../../support/fault-site.ts';

const numberOf = (at: Step) => STEPS.indexOf(at) + 1;

// All at the same time, since each takes the ten seconds of an attempt.
test('an attempt that hangs at any request, wherever it hangs, makes room for another', () =>
  atEach(
    STEPS.flatMap((at) => [...STALLS, undefined].map((stall) => ({ at, stall }))),
    async (engine, { at, stall }) => {
      const { run, expectNew } = stall
        ? await createFaultSite(once(at, stall.fault))
        : await createFaultSite(() => ({ kind: 'pass' }), {
            closesAfterAnswer: true,
            connection: (count) => (count === numberOf(at) ? 'silence' : 'none'),
          });
      const ended = await run(engine);
      expect(ended).toMatchObject({ exitCode: 0 });
      expect(ended.stderr.match(/.* no answer within 10 s; trying again/g)).toHaveLength(1);
      await expectNew();
    },
  ));

describe('at each request of the run, for ever', () => {
  test.each(STALLS)('$name', ({ fault, done, message }) =>
    atEach(STEPS, async (engine, at) => {
      const { ended, expectNew, expectOld } = await runOutOfTime(
        engine,
        () => createFaultSite(always(at, fault)),
        (_, { steps }) => steps().includes(at),
      );
      expectFailure(ended, 6, message);
      if (at === 'review' || (at === 'write' && done)) {
        await expectNew();
      } else {
        await expectOld();
      }
    }),
  );

  test('a TLS handshake that nobody answers', () =>
    atEach(STEPS, async (engine, at) => {
      const { ended, expectNew, expectOld } = await runOutOfTime(
        engine,
        () =>
          createFaultSite(() => ({ kind: 'pass' }), {
            closesAfterAnswer: true,
            connection: (count) => (count >= numberOf(at) ? 'silence' : 'none'),
          }),
        (_, { proxy }) => proxy.answers.length === numberOf(at) - 1,
      );
      expectFailure(ended, 6, NO_ANSWER);
      if (at === 'review') {
        await expectNew();
      } else {
        await expectOld();
      }
    }));
});

test('the deadline is that of all requests together', () =>
  atEach(['the request after a slow one'], async (engine) => {
    const { run, expectOld } = await createFaultSite((step) =>
      step === 'read' ? { kind: 'pass', before: () => sleep(3000) } : { kind: 'stall' },
    );
    const ended = await run(engine, '--timeout=6s');
    // What was left of the six seconds, not another six.
    expectFailure(ended, 6, /POST .*: no answer within ([0-2](\.\d)?|3) s/);
    await expectOld();
  }));
