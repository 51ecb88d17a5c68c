import { expect, test } from 'vitest';
import { parseCommandLine } from '../../bench/command-line.ts';

test('takes a part alone, and how far synth is to grow', () => {
  expect(parseCommandLine(['--only', 'synth', '--attachments', '64', '--rounds', '3'])).toEqual({
    help: false,
    rounds: 3,
    json: false,
    only: 'synth',
    attachments: 64,
  });
  expect(parseCommandLine([])).toMatchObject({ rounds: 24, only: undefined, attachments: 1000 });
});

test.each([
  [['--only', 'image'], '--only "image" is none of init, synth, pod'],
  [['--attachments', '7'], '--attachments "7" is not a number from 8 to 9999'],
  [['--rounds', '0'], '--rounds "0" is not a number from 1 to 9999'],
  [['--fast'], /See: npm run bench -- --help$/],
])('refuses %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});
