import { expect, test } from 'vitest';
import { expectFailure } from '../../../support/expect-failure.ts';
import { FAULTS, type FaultCase } from '../../../support/fault-cases.ts';
import {
  always,
  atEach,
  createFaultSite,
  once,
  runOutOfTime,
  STEPS,
  type Step,
  triedAgain,
} from '../../../support/fault-site.ts';
import type { Engine } from '../../../support/multisite-init.ts';

test.each(FAULTS.map((faultCase) => [faultCase.name, faultCase] as const))(
  'at each request of the run, %s',
  async (_, faultCase) => {
    const attempts = faultCase.everyTime ? (['once', ...STEPS] as const) : (['once'] as const);
    await atEach(attempts, (engine, at) =>
      at === 'once' ? getsOverIt(engine, faultCase) : endsWithIt(engine, at, faultCase),
    );
  },
);

/** The run succeeds where the fault comes once. */
async function getsOverIt(engine: Engine, { fault, message }: FaultCase): Promise<void> {
  let decide: (step: Step) => ReturnType<ReturnType<typeof once>>;
  const { run, reset, proxy, expectNew } = await createFaultSite((step) => decide(step));
  for (const at of STEPS) {
    decide = once(at, fault);
    await reset();
    const answered = proxy.answers.length;
    const ended = await run(engine);
    expect(ended, `on ${engine}, once at ${at}`).toMatchObject({ exitCode: 0, termination: '' });
    expect(ended.stderr.match(/trying again/g), `on ${engine}, once at ${at}`).toHaveLength(1);
    expect(ended.stderr).toMatch(message);
    await expectNew();
    // A write whose answer got lost counts, and is not repeated.
    expect(ended.stdout).toMatch(/^wrote context/);
    expect(proxy.answers.slice(answered).filter((answer) => /^200 PATCH/.test(answer))).toHaveLength(1);
  }
}

/** The run fails where the fault comes every time; but what a write whose answer never arrives has done is noticed. */
async function endsWithIt(engine: Engine, at: Step, { fault, message, done }: FaultCase): Promise<void> {
  const isWritten = at === 'write' && done;
  const { ended, expectNew, expectOld } = await runOutOfTime(
    engine,
    () => createFaultSite(always(at, fault)),
    // On a busy machine, the deadline may come before the run reads the document again.
    (result) => triedAgain(message)(result) && (!isWritten || result.exitCode === 0),
  );
  if (isWritten) {
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
  } else {
    expectFailure(ended, 6, message);
  }
  expect(ended.stderr).toContain('trying again');
  if (isWritten || at === 'review') {
    await expectNew();
  } else {
    await expectOld();
  }
}
