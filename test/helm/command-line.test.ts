import { expect, test } from 'vitest';
import { DEFAULT_OUTPUT, HELP, parseCommandLine, UsageError } from '../../helm/command-line.ts';

test('writes to packages/, which is in no commit', () => {
  expect(parseCommandLine([])).toEqual({ help: false, output: DEFAULT_OUTPUT });
  expect(DEFAULT_OUTPUT).toMatch(/^packages\//);
  expect(HELP).toContain(DEFAULT_OUTPUT);
});

test('writes to the folder that is asked for', () => {
  expect(parseCommandLine(['--output', 'charts/cm'])).toMatchObject({ output: 'charts/cm' });
  expect(parseCommandLine(['-o', 'charts/cm'])).toMatchObject({ output: 'charts/cm' });
});

test('helps', () => {
  expect(parseCommandLine(['-h'])).toMatchObject({ help: true });
});

test.each([
  [['--outputs', 'x'], "Unknown option '--outputs'. See: npm run helm -- --help"],
  [['x'], /^Unexpected argument 'x'\. .*See: npm run helm -- --help$|^Unexpected argument 'x'/],
  [['--output', ''], '--output is empty: name a folder, or leave it out'],
])('refuses %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(message);
});
