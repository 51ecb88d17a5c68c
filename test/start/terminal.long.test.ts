import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { processesNaming } from '../devcluster/fixtures/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NODE, onTerminal, said } from './start.ts';

const LONG_STEP = `"${NODE}" "${join(import.meta.dirname, 'fixtures/long-step.ts')}"`;

/** Takes the cursor to the beginning of its line, and the line away. */
const CLEAR_LINE = '\r\x1b[2K';
const METAINIT = 'npm start -- --metainit';
const BAR = /[█░]{20}/;

describe('on a terminal', () => {
  test.each([
    [40, 40],
    [80, 80],
    [120, 120],
    [0, 80], // one that does not say how wide it is
  ])('that says it has %i columns nothing is wider than %i', async (columns, widest) => {
    const { stdout } = await onTerminal(LONG_STEP, columns).ended;
    const drawn = stdout.split(CLEAR_LINE).flatMap((part) => part.split('\r\n'));
    const lines = drawn.map((line) => stripVTControlCharacters(line));
    expect(lines.filter((line) => line.length >= widest)).toEqual([]);

    const building = lines.find((line) => line.includes('… building'));
    expect(building).toMatch(/^ {2}… building kube-apiserver: .* 0:00$/);
    expect(BAR.test(building ?? '')).toBe(columns !== 40);
    // What is short enough is not cut.
    expect(lines.some((line) => / … linking +0:00$/.test(line))).toBe(true);
    expect(lines.find((line) => line.startsWith('  ✓ control planes'))).toMatch(/ 0\.0 s$/);
  });

  test('a line of progress is gone when its step is done', async () => {
    const { stdout } = await onTerminal(LONG_STEP, 80).ended;
    expect(stdout.slice(stdout.lastIndexOf(CLEAR_LINE))).not.toContain('…');
  });

  test('NO_COLOR is obeyed, and what is no terminal gets neither colours nor lines that are written again', async () => {
    const green = '\x1b[32m';
    expect((await onTerminal(LONG_STEP, 80, { NO_COLOR: undefined, CI: undefined }).ended).stdout).toContain(
      green,
    );
    expect((await onTerminal(LONG_STEP, 80, { NO_COLOR: '1' }).ended).stdout).not.toContain(green);
    const { stdout } = await onTerminal(`sh -c '${LONG_STEP} 2>&1 | cat'`, 80).ended;
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/^building kube-apiserver: 812 of 1450 packages/);
  });
});

// What each phase says when it is under way.
describe('Ctrl-C', () => {
  test.each([
    ['npm start', 'before the first step', /One kubeconfig/, undefined],
    ['npm start', 'while Go builds', /… building etcd/, 'empty'],
    ['npm start', 'while control planes start', /… control planes/, undefined],
    ['npm start', 'while the manifests are made', /… synth/, undefined],
    ['npm start', 'while sites register', /registers itself/, undefined],
    ['npm start', 'while it cleans up', /… clean up/, undefined],
    [METAINIT, 'before the first step', /metainit releases/, undefined],
    [METAINIT, 'while the control plane starts', /… control plane/, undefined],
    [METAINIT, 'while the manifests are made', /… synth/, undefined],
    [METAINIT, 'while the API server does not hold pods yet', /… hold/, undefined],
    [METAINIT, 'while metainit runs', /… metainit/, undefined],
    [METAINIT, 'while it cleans up', /… clean up/, undefined],
  ])('ends %s with 130 %s and leaves nothing', async (command, _, phase, cache) => {
    const folder = await temporaryFolder();
    const TMPDIR = folder;
    const env = { TMPDIR, ...(cache !== undefined && { XDG_CACHE_HOME: join(folder, cache) }) };
    const { child, ended } = onTerminal(command, 80, env);
    await said(child, phase);
    child.stdin.write('\x03');
    const { exitCode, stdout } = await ended;

    expect(stdout).toContain('Interrupted; everything is cleaned up.');
    expect(exitCode).toBe(130);
    expect((await readdir(folder)).filter((name) => name !== cache)).toEqual([]);
    await vi.waitFor(async () => expect(await processesNaming(folder)).toEqual([]));
  });
});
