import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { followProcess } from './follow-process.ts';

function node(program: string) {
  return spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('a wait for words', () => {
  test('ends with the line, on either output, finished or not, said before or later', async () => {
    const child = node(`console.log('one'); console.error('two'); process.stdout.write('go on? ')`);
    const { said, ended } = followProcess(child);

    expect(await said(/^two$/)).toBe('two');
    expect(await said(/go on\?/)).toBe('go on? ');
    expect(await ended).toEqual({ exitCode: 0, signal: null, stdout: 'one\ngo on? ', stderr: 'two\n' });
    expect(await said(/^one$/)).toBe('one');
  });

  test('ends when the process ends, with what that said', async () => {
    const { said } = followProcess(node(`console.error('no etcd'); process.exit(3)`));

    await expect(said(/ready/)).rejects.toThrow(
      'the process ended (exit code 3) before it said /ready/. It said:\nno etcd',
    );
  });

  test('ends at its limit, with what the process said', async () => {
    const child = node(`console.log('starting'); setInterval(() => {}, 1000)`);
    const { said, ended } = followProcess(child);
    await said(/starting/);

    await expect(said(/ready/, 1)).rejects.toThrow(
      'the process has not said /ready/ in 1 ms. It said:\nstarting',
    );
    child.kill();
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
  });
});

test('a wait for anything else ends when the process ends, too', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const { whileRunning } = followProcess(node(`console.log('bye')`));

  await expect(whileRunning(once(server, 'connection'))).rejects.toThrow(/^the process ended .*bye$/s);
  server.close();
});

test('a program that is not there is an error', async () => {
  const { said, ended } = followProcess(spawn('/no/such/program'));

  await expect(said(/ready/)).rejects.toThrow('could not be started (spawn /no/such/program ENOENT)');
  await expect(ended).rejects.toThrow('ENOENT');
});
