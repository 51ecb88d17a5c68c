import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../../runtime/async/clock.ts';
import { createDeps } from '../../../../runtime/programs/multisite-init/create-deps.ts';
import { refresh } from '../../../../runtime/programs/multisite-init/refresh.ts';
import { RefreshStatus } from '../../../../runtime/programs/multisite-init/refresh-status.ts';
import { allow } from '../../../support/allow.ts';
import { apiError } from '../../../support/api-error.ts';
import { optionsOf } from '../../../support/options-of.ts';
import { CONFIG_MAP, createSite, type Site } from '../../../support/site.ts';
import { unaborted } from '../../../support/unaborted.ts';

/** How often the program looks at its own files. */
const OWN_SIDE_MS = 5000;

/** For what must not happen. */
const LONG_ENOUGH_MS = 500;

/** Of two looks that events cause, where chance adds half of what it may. */
const DISTANCE_MS = 1000;

const MALFORMED = '- not a kubeconfig\n';

interface Watcher {
  readonly site: Site;
  /** How often it read the object. */
  readonly looks: () => number;
  readonly writes: () => number;
  /** Each wait that it began, in milliseconds. */
  readonly waits: readonly number[];
  /** Resolves when it waits for the nth time, and the waits before are over. */
  waitsAgain(count: number): Promise<void>;
  /** Ends the wait that it is in. */
  endWait(): void;
  /** Ends waits until it is in none: its own write may have rung once more. */
  settled(): Promise<void>;
  /** Lets its clock go on. */
  pass(ms: number): void;
}

interface Faults {
  /** Instead of a look, or the watch. */
  readonly look?: () => Error | undefined;
  readonly watch?: () => Error | undefined;
}

/** In this process, since only so the waits can be seen and need not be waited for; chance is always in the middle. */
async function startWatcher(faults: Faults = {}): Promise<Watcher> {
  const site = await createSite();
  await allow(site, 'configmaps', CONFIG_MAP, 'watch');
  const options = optionsOf(`--namespace=${site.namespace}`, '--watch');
  const waits: number[] = [];
  let passed = 0;
  let endWait: (() => void) | undefined;
  const { target, ...deps } = createDeps(options, {
    env: site.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    log: { info: () => {}, error: () => {} },
    clock: {
      ...systemClock,
      now: () => performance.now() + passed,
      sleep: (ms) =>
        new Promise((resolve) => {
          if (ms === OWN_SIDE_MS) {
            return;
          }
          waits.push(ms);
          endWait = resolve;
        }),
      random: () => 0.5,
    },
    userAgent: 'test',
    addSecret: () => {},
  });
  onTestFinished(() => target.close());
  let looks = 0;
  let writes = 0;
  void refresh(
    options,
    {
      ...deps,
      target: {
        ...target,
        send: async (request, signal) => {
          if (request.method === 'GET') {
            looks += 1;
            const error = looks > 1 ? faults.look?.() : undefined;
            if (error) {
              throw error;
            }
          }
          return target.send(request, signal);
        },
        readLines: async (...args) => {
          const error = faults.watch?.();
          if (error) {
            throw error;
          }
          return target.readLines(...args);
        },
      },
      status: new RefreshStatus(),
      onOutcome: () => void writes++,
    },
    unaborted,
  );
  await vi.waitFor(() => expect(writes).toBe(1), { timeout: 10_000, interval: 10 });
  const end = () => {
    passed += waits.at(-1) ?? 0;
    endWait?.();
    endWait = undefined;
  };
  return {
    site,
    looks: () => looks,
    writes: () => writes,
    waits,
    waitsAgain: (count) =>
      vi.waitFor(
        () => {
          expect(waits).toHaveLength(count);
          expect(endWait).toBeDefined();
        },
        { timeout: 30_000, interval: 10 },
      ),
    endWait: end,
    settled: async () => {
      while (endWait) {
        end();
        await sleep(LONG_ENOUGH_MS);
      }
    },
    pass: (ms) => {
      passed += ms;
    },
  };
}

test('the first of many changes is looked at at once, the others together a second later', async () => {
  const { site, looks, waits, waitsAgain, endWait } = await startWatcher();
  await site.setDocument(`${await site.document()}# 0\n`);
  await waitsAgain(1);
  const before = looks();
  for (let i = 1; i <= 40; i++) {
    await site.setDocument(`${await site.document()}# ${i}\n`);
  }
  await sleep(LONG_ENOUGH_MS);
  expect(looks()).toBe(before);
  endWait();
  await waitsAgain(2);
  expect(looks()).toBe(before + 1);
  endWait();
  await sleep(LONG_ENOUGH_MS);
  expect(looks()).toBe(before + 1);
  expect(waits).toEqual([DISTANCE_MS, DISTANCE_MS]);
});

test('whoever undoes every repair is answered at ever longer intervals, until nothing was undone for a minute', async () => {
  const { site, writes, waits, waitsAgain, endWait, settled, pass } = await startWatcher();
  await site.setDocument('# undone\n');
  for (let count = 1; count < 5; count++) {
    await waitsAgain(count);
    expect(writes()).toBe(count + 1);
    // Undone before the wait is over.
    await site.setDocument(`# undone ${count}\n`);
    endWait();
  }
  await waitsAgain(5);
  expect(waits).toEqual([1000, 1000, 2000, 4000, 8000]);
  // One look that finds nothing to do is no sign of peace.
  await site.setDocument(`${await site.document()}# harmless\n`);
  endWait();
  await waitsAgain(6);
  await site.setDocument('# undone once more\n');
  endWait();
  await waitsAgain(7);
  expect(waits.slice(5)).toEqual([DISTANCE_MS, 16_000]);
  await settled();
  const before = waits.length;
  pass(60_000);
  await site.setDocument('# undone long after\n');
  await waitsAgain(before + 1);
  expect(writes()).toBe(8);
  expect(waits.at(-1)).toBe(DISTANCE_MS);
});

test('the wait after a failure is slept out, whatever happens meanwhile', async () => {
  const { site, looks, writes, waits, waitsAgain, endWait } = await startWatcher();
  await site.setDocument(MALFORMED);
  for (let count = 1; count <= 3; count++) {
    await waitsAgain(count);
    const before = looks();
    for (let i = 0; i < 5; i++) {
      await site.setDocument(`${MALFORMED}# ${count} ${i}\n`);
    }
    await sleep(LONG_ENOUGH_MS);
    expect(looks()).toBe(before);
    if (count === 3) {
      await site.setDocument('');
    }
    endWait();
  }
  await waitsAgain(4);
  expect(writes()).toBe(2);
  expect(waits).toEqual([500, 1000, 2000, DISTANCE_MS]);
});

test.each([
  ['look', 90, [90_500, 91_000]],
  ['look', 3600, [300_500, 301_000]],
  ['watch', 90, [90_500, 91_000]],
  ['watch', 3600, [300_500, 301_000]],
] as const)(
  'a %s that is refused with a Retry-After of %d s is tried again no sooner, nor after five minutes',
  async (what, seconds, expected) => {
    const refusal = apiError(429, 'later', seconds * 1000);
    const { site, waits, waitsAgain, endWait } = await startWatcher({ [what]: () => refusal });
    await site.setDocument('# undone\n');
    await waitsAgain(1);
    endWait();
    await waitsAgain(2);
    expect(waits).toEqual(expected);
  },
);
