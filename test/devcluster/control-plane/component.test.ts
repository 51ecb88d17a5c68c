import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Component, startComponent } from '../../../devcluster/control-plane/component.ts';
import { alive } from '../fixtures/processes.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'component-test-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('one that ends before it is ready is reported at once, with its last words', async () => {
  const component = nodeProgram('console.error("unknown flag: --x"); process.exit(3)');

  await expect(startComponent(component, folder, AbortSignal.timeout(10_000))).rejects.toThrow(
    'program ended by itself (exit code 3). Its last log lines:\nunknown flag: --x',
  );
});

test('one that cannot be started is reported at once', async () => {
  const component = { ...nodeProgram(''), command: join(folder, 'missing') };

  await expect(startComponent(component, folder, AbortSignal.timeout(10_000))).rejects.toThrow(
    /^program could not be started: .*ENOENT/,
  );
});

test('one that is not ready in time is ended and reported', async () => {
  const component = nodeProgram('console.log(process.pid); setInterval(() => {}, 60_000)');

  const error = await startComponent(component, folder, AbortSignal.timeout(1000)).catch(String);

  const [, pid] = /was not ready in time\. Its last log lines:\n(\d+)$/.exec(String(error)) ?? [];
  expect(await alive([Number(pid)])).toEqual([]);
});

test('one whose start is aborted is ended without a report', async () => {
  const abort = new AbortController();
  const component: Component = {
    ...nodeProgram('setInterval(() => {}, 60_000)'),
    isReady: async () => {
      abort.abort(new Error('changed my mind'));
      return false;
    },
  };

  await expect(startComponent(component, folder, abort.signal)).rejects.toThrow('changed my mind');
});

test('its environment is not the caller’s', async () => {
  const component = nodeProgram('console.log("PATH" in process.env); process.exit(1)');

  await expect(startComponent(component, folder, AbortSignal.timeout(10_000))).rejects.toThrow(/\nfalse$/);
});

function nodeProgram(script: string): Component {
  return { name: 'program', command: process.execPath, args: ['-e', script], isReady: async () => false };
}
