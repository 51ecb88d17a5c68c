import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { followProcess } from '../support/follow-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Steps } from './steps.ts';

const STEPS = join(import.meta.dirname, 'steps.ts');

/** A program that runs these steps. Each step is a Node program of one line. */
async function runSteps(steps: Readonly<Record<string, string>>) {
  const file = join(await temporaryFolder(), 'program.ts');
  const calls = Object.entries(steps).map(
    ([name, line]) =>
      `await steps.run(${JSON.stringify({ name, command: process.execPath, args: ['--eval', line], alone: true })});`,
  );
  const program = [
    `import { Steps } from ${JSON.stringify(STEPS)};`,
    'const steps = new Steps();',
    ...calls,
    'process.stdout.write(steps.summary());',
    'process.exitCode = steps.exitCode;',
  ];
  await writeFile(file, program.join('\n'));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, ...followProcess(child) };
}

test('a step that fails does not keep the next from beginning, and the summary has both', async () => {
  const { ended } = await runSteps({ first: 'process.exit(1)', second: 'console.log("done")' });

  const { exitCode, stdout } = await ended;

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/== first\n.*== second\ndone\n.*✗ first +\d+ s\n✓ second +\d+ s\n$/s);
});

test('an interruption lets the running step end as it will, and no other begin', async () => {
  const first = `
    process.on('SIGINT', () => { console.log('what was found'); process.exit(1); });
    console.log('running');
    setInterval(() => {}, 1000);`;
  const { child, said, ended } = await runSteps({ first, second: 'console.log("second")' });
  await said(/^running$/);

  child.kill('SIGINT');

  const { exitCode, stdout } = await ended;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/what was found\n.*✗ first +\d+ s\nInterrupted: not all steps were run\.\n$/s);
  expect(stdout).not.toContain('== second');
});

test('what npm passes on of a Ctrl-C is no second one', async () => {
  const first = `
    process.on('SIGINT', () => setTimeout(() => { console.log('what was found'); process.exit(1); }, 300));
    console.log('running');
    setInterval(() => {}, 1000);`;
  const { child, said, ended } = await runSteps({ first });
  await said(/^running$/);

  child.kill('SIGINT');
  await said(/Interrupted\./);
  child.kill('SIGINT');

  expect((await ended).stdout).toContain('what was found');
});

test('a second interruption ends a step that does not end', async () => {
  const first = `process.on('SIGINT', () => console.log('not yet')); console.log('running'); setInterval(() => {}, 1000);`;
  const { child, said, ended } = await runSteps({ first });
  await said(/^running$/);
  child.kill('SIGINT');
  await said(/^not yet$/);

  // An earlier signal would count as the same Ctrl-C.
  await sleep(1100);
  child.kill('SIGINT');

  expect(await ended).toMatchObject({ exitCode: 130, stdout: expect.stringContaining('✗ first') });
});

test('SIGTERM ends the running step, and the exit code says so', async () => {
  const first = `console.log('running'); setInterval(() => {}, 1000);`;
  const { child, said, ended } = await runSteps({ first, second: 'console.log("second")' });
  await said(/^running$/);

  child.kill('SIGTERM');

  expect(await ended).toMatchObject({ exitCode: 143, stdout: expect.stringContaining('✗ first') });
});

test('a command that cannot be started is a step that failed', async () => {
  const steps = new Steps();

  expect(await steps.run({ name: 'nothing', command: 'no-such-command', args: [] })).toBe(false);

  expect(steps.summary()).toContain('✗ nothing');
});

test('a log has all that a step said', async () => {
  const log = join(await temporaryFolder(), 'log');
  const line = `process.stdout.write('a'.repeat(1_000_000)); process.stderr.write('b')`;

  await new Steps().run({ name: 'talker', command: process.execPath, args: ['--eval', line], log });

  expect(await readFile(log, 'utf8')).toBe(`${'a'.repeat(1_000_000)}b`);
});
