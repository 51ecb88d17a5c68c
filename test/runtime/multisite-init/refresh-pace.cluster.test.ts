import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDeps } from '../../../runtime/multisite-init/create-deps.ts';
import { parseCommandLine } from '../../../runtime/multisite-init/parse-command-line.ts';
import { refresh } from '../../../runtime/multisite-init/refresh.ts';
import { Status } from '../../../runtime/multisite-init/status.ts';
import { allow } from '../../support/allow.ts';
import { CONFIG_MAP, createSite } from '../../support/site.ts';

/** How often the program looks at its own files. */
const OWN_SIDE_MS = 5000;

// In this process, since only so the waits and their jitter can be seen and need not be waited for.
test('whoever undoes every repair is answered at ever longer intervals', async () => {
  const site = await createSite();
  await allow(site, 'configmaps', CONFIG_MAP, 'watch');
  const commandLine = parseCommandLine([`--namespace=${site.namespace}`, '--watch']);
  if (commandLine.kind !== 'run') throw new Error('not a run');
  const waits: number[] = [];
  let isOver = false;
  const never = new Promise<never>(() => {});
  const deps = createDeps(commandLine.options, {
    env: site.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    log: { info: () => {}, error: () => {} },
    clock: {
      now: () => performance.now(),
      sleep: async (ms) => {
        if (isOver || ms === OWN_SIDE_MS) return never;
        // Undone before the wait is over; only the last time it stays.
        if (waits.push(ms) < 4) await site.setDocument(`# undone ${waits.length}\n`);
      },
      // The longest wait that jitter leaves.
      random: () => 1,
    },
    wallClock: Date.now,
    userAgent: 'test',
    learnSecret: () => {},
  });
  let writes = 0;
  void refresh(commandLine.options, { ...deps, status: new Status(), onOutcome: () => void writes++ });
  onTestFinished(() => {
    isOver = true;
    deps.target.close();
  });
  const written = (count: number) =>
    vi.waitFor(() => expect([writes, waits.length]).toEqual([count, count - 1]), {
      timeout: 30_000,
      interval: 10,
    });
  await written(1);
  await site.setDocument('# undone\n');
  await written(5);
  expect(waits).toEqual([1000, 2000, 4000, 8000]);
});
