import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../../runtime/cli/parse-command-line.ts';
import { COMMAND } from '../../../../runtime/programs/metainit/command.ts';
import { readOptions } from '../../../../runtime/programs/metainit/options.ts';

const optionsOf = (...args: string[]) => readOptions(parseCommandLine(COMMAND, args).values);

test('by default it watches the label of the original, everywhere, and removes all gates', () => {
  expect(optionsOf()).toEqual({
    label: 'k8s.opsani.io/initializer',
    namespaces: [],
    gates: undefined,
    kubeconfig: undefined,
    mode: 'watch',
    port: 9780,
    host: undefined,
    logFormat: 'text',
  });
});

test('takes a label, namespaces and gates', () => {
  const options = optionsOf(
    'a.example/b',
    '-n',
    'one',
    '--namespace=two',
    '-n',
    'one',
    '--gate=c/d',
    '--gate=e',
  );
  expect(options).toMatchObject({ label: 'a.example/b', namespaces: ['one', 'two'] });
  expect(options.gates).toEqual(new Set(['c/d', 'e']));
});

test('a label that is named like a subcommand stands behind two dashes', () => {
  expect(parseCommandLine(COMMAND, ['completion', 'bash']).command.name).toBe('completion');
  expect(optionsOf('--', 'completion').label).toBe('completion');
});

test.each([
  [[], 'watch'],
  [['--once'], 'once'],
  [['--dry-run'], 'dry run'],
  [['--once', '--dry-run'], 'dry run'],
] as const)('%j means to %s', (args, mode) => {
  expect(optionsOf(...args).mode).toBe(mode);
});
