import { expect, test } from 'vitest';
import type { Fault } from '../../../support/fault.ts';
import { atEach, createFaultSite, once, STEPS, type Step } from '../../../support/fault-site.ts';
import type { Running } from '../../../support/running-multisite-init.ts';

type Moment = readonly [name: string, fault: (kill: () => Promise<unknown>) => Fault];

const MOMENTS: readonly Moment[] = [
  ['before the server sees the request', (kill) => ({ kind: 'reset', before: kill })],
  ['before the server does the work', (kill) => ({ kind: 'lose answer', before: kill })],
  ['before the answer arrives', (kill) => ({ kind: 'lose answer', after: kill })],
  ['as the answer arrives', (kill) => ({ kind: 'pass', after: kill })],
];

test.each(MOMENTS)('SIGKILL %s leaves the old document or the new one', async (_, fault) => {
  await atEach<Step>(STEPS, async (engine, at) => {
    let running: Running | undefined;
    const kill = async () => running?.kill();
    const { start, run, proxy, expectOld, expectNew } = await createFaultSite(once(at, fault(kill)));
    running = start(engine);
    const ended = await running.ended;
    await proxy.settled();
    // With the last answer, the program may be faster.
    if (at !== 'review' || ended.exitCode === null) {
      expect(ended).toMatchObject({ signal: 'SIGKILL' });
    }

    if (proxy.answers.some((answer) => /^200 PATCH/.test(answer))) {
      await expectNew();
    } else {
      await expectOld();
    }

    const again = await run(engine);
    expect(again).toMatchObject({ exitCode: 0 });
    await expectNew();
  });
});
