import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuildLockOptions, buildOnce } from '../../../devcluster/builds/build-lock.ts';

let parent: string;
let lock: string;
let result: string;
let builds: number;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'build-lock-test-'));
  lock = join(parent, 'lock');
  result = join(parent, 'result');
  builds = 0;
});

afterEach(() => rm(parent, { recursive: true, force: true }));

test('of two that start at once, one builds and the other waits for what it builds', async () => {
  const waiter = Promise.withResolvers<void>();
  const options = {
    // The builder ends only when the other has been seen waiting.
    build: async () => {
      await waiter.promise;
      await buildResult();
    },
    onWait: waiter.resolve,
  };

  await Promise.all([buildOnce(lockOptions(options)), buildOnce(lockOptions(options))]);

  expect(builds).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('what a killed builder left is removed and built anew', async () => {
  await mkdir(lock);
  await writeFile(join(lock, 'half-built'), '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);

  await buildOnce(lockOptions({}));

  expect(builds).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('a waiter stops waiting when it is told to', async () => {
  await mkdir(lock);
  const abort = new AbortController();
  const waiting = buildOnce(lockOptions({ signal: abort.signal, onWait: () => abort.abort() }));

  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(builds).toBe(0);
});

test('a failed build releases the lock', async () => {
  const build = () => Promise.reject(new Error('no space left'));

  await expect(buildOnce(lockOptions({ build }))).rejects.toThrow('no space left');

  expect(existsSync(lock)).toBe(false);
});

function lockOptions(options: Partial<BuildLockOptions>): BuildLockOptions {
  return {
    folder: lock,
    isDone: async () => existsSync(result),
    build: buildResult,
    onWait: () => undefined,
    signal: undefined,
    ...options,
  };
}

async function buildResult(): Promise<void> {
  builds += 1;
  await writeFile(result, '');
}
