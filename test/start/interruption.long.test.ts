import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { followProcess } from '../support/follow-process.ts';
import { MAIN, NODE, said, start } from './start.ts';

describe('npm start cleans up', () => {
  // SIGINT is Ctrl-C, SIGHUP a terminal that was closed.
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('after %s', async (signal, code) => {
    const { child, ended } = start([]);
    await said(child, /✓ control planes/);
    child.kill(signal);
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(code);
    expect(stdout).toContain('both control planes stopped, their folders removed');
    expect(stderr).toContain('Interrupted; everything is cleaned up.');
    const urls = [...stdout.matchAll(/https:\/\/127\.0\.0\.1:\d+/g)];
    expect(urls).toHaveLength(2);
    for (const [url] of urls) {
      await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
  });

  test('after SIGTERM with --metainit', async () => {
    const { child, ended } = start(['--metainit']);
    await said(child, /✓ deadlock/);
    child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(143);
    expect(stdout).toContain('the control plane stopped, its folder removed');
    expect(stderr).toContain('Interrupted; everything is cleaned up.');
    const [url = ''] = /https:\/\/127\.0\.0\.1:\d+/.exec(stdout) ?? [];
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('when nobody reads it any more', async () => {
    const child = spawn(NODE, [MAIN], { stdio: ['ignore', 'pipe', 'pipe'] });
    await said(child, /✓ control planes/);
    child.stdout.destroy();
    const { exitCode, stderr } = await followProcess(child).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 141,
      stderr: '\nInterrupted; everything is cleaned up.\n',
    });
  });
});
