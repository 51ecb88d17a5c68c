import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bun } from '../../../runtime/bun.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 }); // a process or three a test

const PROGRAM = join(import.meta.dirname, 'fixtures/program.ts');

const ENGINES = { node: [process.execPath], bun: [bun(), 'run', '--no-install'] };

describe.each(Object.keys(ENGINES) as (keyof typeof ENGINES)[])('a program on %s', (engine) => {
  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [command = '', ...first] = ENGINES[engine];
    const child = spawn(command, [...first, PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  async function ended(child: ReturnType<typeof start>) {
    const [stdout, stderr, [exitCode, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { stdout, stderr, exitCode, signal };
  }

  test('ends with the exit code of its function', async () => {
    expect(await ended(start(['do', 'nothing']))).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await ended(start(['do', 'code']))).toMatchObject({ exitCode: 5, stdout: '', stderr: '' });
  });

  test('answers --help, --version and completion', async () => {
    const help = await ended(start(['do', '--help']));
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(/^deeds do - do something\n[\s\S]*print this help\n$/);
    expect(await ended(start(['--version']))).toMatchObject({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
    const completion = await ended(start(['completion', 'bash']));
    expect(completion).toMatchObject({ exitCode: 0, stderr: '' });
    expect(completion.stdout).toMatch(/complete -F _deeds deeds\n$/);
  });

  test.each([
    ['do failure', 7, 'refused with (redacted)', 'Try another.'],
    ['do bug', 1, 'unexpected error: broken with (redacted)', 'Please report it as a bug.'],
    ['do uncaught', 1, 'unexpected error: thrown with (redacted)', 'Please report it as a bug.'],
    ['do unhandled', 1, 'unexpected error: rejected with (redacted)', 'Please report it as a bug.'],
    ['do', 2, 'DEED is missing', 'Run `deeds do --help` to see the usage.'],
  ])('%s: says what is wrong, and leaves it for the kubelet', async (command, code, message, hint) => {
    const file = join(await temporaryFolder(), 'termination-log');
    await writeFile(file, '');
    const { exitCode, stdout, stderr } = await ended(
      start(command.split(' '), { TERMINATION_MESSAGE_PATH: file }),
    );
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: code,
      stdout: '',
      stderr: `deeds: error: ${message}\ndeeds: ${hint}\n`,
    });
    expect(await readFile(file, 'utf8')).toBe(`${message}\n${hint}\n`);
  });

  test.each([['do failure --log-format=json'], ['do --log-format json --nonsense']])(
    '%s: says it in JSON',
    async (command) => {
      const { exitCode, stderr } = await ended(start(command.split(' ')));
      expect(JSON.parse(stderr)).toMatchObject({ level: 'error', program: 'deeds', exitCode });
    },
  );

  test('prints all of its result before it ends, without the secrets', async () => {
    const { exitCode, stdout } = await ended(start(['do', 'print']));
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toMatch(/^line 999 of \(redacted\) x{1000}$/);
  });

  test('ends as it would where nobody reads what it prints', async () => {
    const child = start(['do', 'print']);
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test.each([
    ['SIGTERM', 'obedient', 143],
    ['SIGTERM', 'flustered', 143],
    ['SIGTERM', 'finishing', 143],
    ['SIGTERM', 'stray', 143],
    ['SIGTERM', 'broken', 143],
    ['SIGTERM', 'deaf', 143],
    ['SIGINT', 'obedient', 130],
    ['SIGINT', 'deaf', 130],
  ] as const)(
    'told to end by %s, ends with its code and reports no failure: %s',
    async (signal, deed, code) => {
      const child = start(['do', deed]);
      const all = ended(child);
      await waiting(child);
      child.kill(signal);
      expect(await all).toEqual({
        exitCode: code,
        signal: null,
        stdout: deed === 'finishing' ? 'finished\n' : '',
        stderr: 'deeds: waiting\n',
      });
    },
  );

  test.each([
    ['SIGTERM', 'obedient'],
    ['SIGTERM', 'flustered'],
    ['SIGTERM', 'stray'],
    ['SIGTERM', 'broken'],
    ['SIGTERM', 'deaf'],
    ['SIGINT', 'obedient'],
  ] as const)('told to end by %s, ends well as a service: %s', async (signal, deed) => {
    const child = start(['do', deed, '--service']);
    const all = ended(child);
    await waiting(child);
    child.kill(signal);
    // npm sends a second one.
    child.kill(signal);
    expect(await all).toMatchObject({ exitCode: 0, signal: null, stderr: 'deeds: waiting\n' });
  });
});

/** Resolves when the program has said that it waits. */
async function waiting(child: ChildProcess): Promise<void> {
  let seen = '';
  while (!seen.includes('waiting')) {
    if (child.stderr === null || child.exitCode !== null) {
      throw new Error(`it ended: ${seen}`);
    }
    seen += String(await Promise.race([once(child.stderr, 'data'), once(child, 'close')]));
  }
}
