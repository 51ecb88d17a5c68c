import { expect, test } from 'vitest';
import { HELP, parseCommandLine } from '../../bench/command-line.ts';

test('takes a part alone, and how far synth is to grow', () => {
  expect(parseCommandLine(['--only', 'synth', '--attachments', '64', '--rounds', '3'])).toEqual({
    help: false,
    rounds: 3,
    json: false,
    only: 'synth',
    attachments: 64,
    pods: 10_000,
  });
  expect(parseCommandLine([])).toMatchObject({ rounds: 24, only: undefined, attachments: 1000 });
});

test('takes the number of pods', () => {
  expect(parseCommandLine(['--only', 'metainit', '--pods=1000'])).toMatchObject({
    only: 'metainit',
    pods: 1000,
  });
});

test('helps', () => {
  expect(parseCommandLine(['-h'])).toMatchObject({ help: true });
  expect(HELP).toContain(
    '--attachments N    largest number of attachments for synth, 8 or more (default 1000)',
  );
});

test.each([
  [['--only', 'image'], '--only "image" is not known', 'It is init, synth, pod, metainit or regression.'],
  [
    ['--attachments', '7'],
    '--attachments "7" is not a number from 8 to 9999',
    'Give a whole number, in digits.',
  ],
  [['--pods', '99'], '--pods "99" is not a number from 100 to 100000', 'Give a whole number, in digits.'],
  [['--rounds', '0'], '--rounds "0" is not a number from 1 to 9999', 'Give a whole number, in digits.'],
  [['--baseline', '..'], '--baseline needs --only=regression', expect.any(String)],
  [['--fast'], 'unknown flag --fast', 'Run `npm run bench -- --help` to see the flags.'],
])('refuses %j', (args, message, hint) => {
  expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ exitCode: 2, message, hint }));
});
