import { describe, expect, test } from 'vitest';
import { parseCommandLine, peekAtFlag, splitCommandLine } from '../../../runtime/cli/parse-command-line.ts';
import { parsePort, parseText } from '../../../runtime/cli/parse-values.ts';
import { ADD, SITES } from './fixtures/table.ts';

const text = (value: string) => value;

/** The values of a command line of `add` that is right. */
function added(...args: string[]) {
  return parseCommandLine(ADD, ['berlin', '--namespace=n', ...args]).values;
}

describe('a command line', () => {
  test.each([
    [['berlin', '--namespace', 'n', '--file', 'a', '--watch', '--port', '443']],
    [['--namespace=n', '--file=a', '--watch', '--port=443', 'berlin']],
    [['-n', 'n', '-f', 'a', '-w', '--port=443', 'berlin']],
    [['-nn', '-wfa', '--port=443', '--', 'berlin']],
  ])('takes flags in each of their forms: %j', (args) => {
    const { kind, values } = parseCommandLine(ADD, args);
    expect(kind).toBe('run');
    expect(values.text('namespace')).toBe('n');
    expect(values.find('file', parseText)).toBe('a');
    expect(values.get('port', parsePort)).toBe(443);
    expect(values.has('watch')).toBe(true);
    expect(values.argument('SITE', text)).toBe('berlin');
  });

  test('has defaults, which do not count as given', () => {
    const values = added();
    expect(values.get('port', parsePort)).toBe(80);
    expect(values.has('port')).toBe(false);
    expect(values.find('file', text)).toBeUndefined();
    expect(values.all('header', text)).toEqual([]);
    expect(values.arguments('LABEL', text)).toEqual([]);
  });

  test('has all values of a repeatable flag', () => {
    const values = added('--header=a', '--file=a', '--header', 'b');
    expect(values.all('header', text)).toEqual(['a', 'b']);
  });

  test('has all arguments of a repeatable positional', () => {
    expect(added('a', 'b').arguments('LABEL', text)).toEqual(['a', 'b']);
  });

  test('may have a value that begins with a dash, behind an equals sign', () => {
    expect(added('--header=-x').text('header')).toBe('-x');
    expect(added('--header', '-').text('header')).toBe('-');
  });

  test('names the flag that a value is refused of', () => {
    const values = added('--watch', '--port=0');
    expect(() => values.get('port', parsePort)).toThrow('--port "0" is not a port');
  });

  test('cannot be asked for what the table does not have', () => {
    expect(() => added().has('nonsense')).toThrow('there is no flag --nonsense');
    expect(() => added().get('file', text)).toThrow('--file has neither a value nor a default');
  });
});

describe('a subcommand', () => {
  test.each([
    [['add', 'berlin', '-nn'], 'sites add'],
    [['token', 'rotate', '--force'], 'sites token rotate'],
  ])('is found: %j', (args, path) => {
    expect(parseCommandLine(SITES, args)).toMatchObject({ kind: 'run', path });
  });

  test.each([
    [['--help'], 'help', 'sites'],
    [['-V'], 'version', 'sites'],
    [['add', '--help'], 'help', 'sites add'],
    [['token', '-h'], 'help', 'sites token'],
    [['add', '--port=1', '--help'], 'help', 'sites add'],
  ])('%j asks for the %s of %s', (args, kind, path) => {
    expect(parseCommandLine(SITES, args)).toMatchObject({ kind, path });
  });
});

describe('a command with arguments and subcommands', () => {
  const command = { ...SITES, positionals: [{ name: 'SITE', help: 'a site' }] };
  const parsed = (...args: string[]) => parseCommandLine(command, args);

  test('does its own work, with an argument or without', () => {
    for (const [args, sites] of [
      [[], []],
      [['berlin'], ['berlin']],
      [['ad'], ['ad']],
      [['--', 'list'], ['list']],
    ] as const) {
      const { kind, path, values } = parsed(...args);
      expect([kind, path, values.arguments('SITE', text)]).toEqual(['run', 'sites', sites]);
    }
  });

  test('has its subcommands all the same', () => {
    expect(parsed('list').path).toBe('sites list');
    expect(parsed('completion', 'bash').path).toBe('sites completion');
  });
});

describe('is refused, with a hint:', () => {
  test.each<[string[], string, string]>([
    [[], 'sites needs a command', 'It has add, list, token, completion.'],
    [['ad', '-nn'], 'sites has no command "ad"', 'Did you mean add? It has add, list, token, completion.'],
    [['frobnicate'], 'sites has no command "frobnicate"', 'It has add, list, token, completion.'],
    [['token', 'turn'], 'sites token has no command "turn"', 'It has rotate.'],
    [['list', 'all'], 'unexpected argument "all"', 'sites list takes only flags. Run `sites list --help`'],
    [['completion'], 'SHELL is missing', 'Run `sites completion --help`'],
    [['completion', 'ksh'], 'SHELL "ksh" is not known', 'It is bash, zsh or fish.'],
    [['completion', 'zsh', 'x'], 'unexpected argument "x"', 'sites completion takes SHELL.'],
    [['--versoin'], 'unknown flag --versoin', 'Did you mean --version? Run `sites --help` to see the flags.'],
  ])('sites %j', (args, message, hint) => {
    expectRefusal(() => parseCommandLine(SITES, args), message, hint);
  });

  test.each<[string[], string, string]>([
    [['--nonsense'], 'unknown flag --nonsense', 'Run `add --help` to see the flags.'],
    [['--nmespace=n'], 'unknown flag --nmespace', 'Did you mean --namespace?'],
    [['-x'], 'unknown flag -x', 'Run `add --help`'],
    [['--constructor'], 'unknown flag --constructor', 'Run `add --help`'],
    [['--file'], '--file needs a value', 'Write --file=FILE.'],
    [
      ['--file', '--watch'],
      '--file needs a value, and "--watch" looks like another flag',
      'Write --file=FILE',
    ],
    [['--watch=yes'], '--watch takes no value', 'Write --watch alone, or leave it out.'],
    [['--source=magic'], '--source "magic" is not known', 'It is mounted or request.'],
    [['--folder=a', '--file=b'], '--folder and --file exclude each other', 'Give one of them.'],
    [['--port=1'], '--port needs --watch', 'Give --watch too, or leave --port out.'],
    [['--file=a', '--file=b'], '--file is given more than once', 'Give it once.'],
    [['-fa', '--file=a'], '--file is given more than once', 'Give it once.'],
    [['-n', 'm'], '--namespace is given more than once', 'Give it once.'],
    [['-ww'], '--watch is given more than once', 'Give it once.'],
    [['--expiration=1h'], '--expiration needs --source=request', 'Here --source is mounted.'],
  ])('add %j', (args, message, hint) => {
    expectRefusal(() => added(...args), message, hint);
  });

  test('what is required', () => {
    expectRefusal(() => parseCommandLine(ADD, ['-nn']), 'SITE is missing', 'Run `add --help`');
    expectRefusal(
      () => parseCommandLine(ADD, ['berlin']),
      '--namespace is missing',
      'Give --namespace=NAMESPACE: where it is.',
    );
  });

  function expectRefusal(act: () => unknown, message: string, hint: string): void {
    expect(act).toThrow(expect.objectContaining({ exitCode: 2, message }));
    expect(act).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  }
});

test.each([
  [['add', '--log-format=json', '--nonsense'], 'json'],
  [['add', '--log-format', 'json', '--port'], 'json'],
  [['add', '--log-format=json', '--log-format=text'], 'text'],
  [['add', '--file', '--log-format=json'], undefined],
  [['add', 'x', '--', '--log-format=json'], undefined],
  [['--log-format'], undefined],
  [['ad'], undefined],
])('of %j, however wrong, the log format can be told: %s', (args, format) => {
  expect(peekAtFlag(splitCommandLine(SITES, args), 'log-format')).toBe(format);
});
