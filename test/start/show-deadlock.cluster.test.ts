import { expect, test } from 'vitest';
import { openBook } from '../docs/book.ts';
import { done, npmStart, steps } from './start.ts';

const STEPS = [
  ...['control plane', 'build', 'synth', 'hold', 'deploy', 'deadlock', 'metainit', 'event', 'released'],
  ...['controller', 'clean up'],
];

test('npm start -- --metainit: shows a held controller and its release, as docs/try-it.md has it', async () => {
  const { exitCode, stdout, stderr } = await npmStart(['--metainit']).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(steps(stdout)).toEqual(done(...STEPS));
  const book = await openBook('docs/try-it.md');
  expect(alike(stdout)).toContain(alike(book.take('console', 'deadlock')));
  expect(stdout).toContain('only system:serviceaccount:apps:controller and metainit may remove the gate');
  expect(stdout).toMatch(/Next, read docs\/metainit\.md\./);
});

/** The output without what differs from run to run: times, and the ends of the names of pods. */
function alike(output: string): string {
  return output
    .trimEnd()
    .replaceAll(/ +\d+\.\d s$/gm, '')
    .replaceAll(/^( +)\d+s( +Normal)/gm, '$1AGE$2')
    .replaceAll(/(?<= )\d+s$/gm, 'AGE')
    .replaceAll(/(?<=controller-\w{9,10}-|web-\w{9,10}-)\w{5}/g, 'xxxxx')
    .replaceAll(/ +/g, ' ');
}
