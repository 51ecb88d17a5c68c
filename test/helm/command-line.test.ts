import { expect, test } from 'vitest';
import { COMMAND, DEFAULT_OUTPUT } from '../../helm/command-line.ts';
import { helpText } from '../../runtime/cli/help.ts';
import { parseCommandLine } from '../../runtime/cli/parse-command-line.ts';
import { parseText } from '../../runtime/cli/parse-values.ts';

function outputOf(...args: string[]): string {
  return parseCommandLine(COMMAND, args).values.get('output', parseText);
}

test('writes to packages/, which is in no commit', () => {
  expect(outputOf()).toBe(DEFAULT_OUTPUT);
  expect(DEFAULT_OUTPUT).toMatch(/^packages\//);
  expect(helpText(COMMAND, COMMAND.name)).toContain(DEFAULT_OUTPUT);
});

test('writes to the folder that is asked for', () => {
  expect(outputOf('--output', 'charts/cm')).toBe('charts/cm');
  expect(outputOf('-o', 'charts/cm')).toBe('charts/cm');
});

test('helps', () => {
  expect(parseCommandLine(COMMAND, ['-h'])).toMatchObject({ kind: 'help' });
});

test.each([
  [['--outputs', 'x'], 'unknown flag --outputs', 'Did you mean --output? Run `npm run helm -- --help`'],
  [['x'], 'unexpected argument "x"', 'npm run helm takes only flags. Run `npm run helm -- --help`'],
  [['--output', ''], '--output is empty', 'Give --output a value, or leave --output out.'],
])('refuses %j', (args, message, hint) => {
  expect(() => outputOf(...args)).toThrow(
    expect.objectContaining({ exitCode: 2, message, hint: expect.stringContaining(hint) }),
  );
});
