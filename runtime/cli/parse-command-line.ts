import { parseArgs } from 'node:util';
import { type Command, type Flag, flagsOf, helpCommand } from './command.ts';
import { type Failure, usageFailure } from './failure.ts';
import { nearest } from './nearest-word.ts';
import { parseOneOf, printable } from './parse-values.ts';
import { Values } from './values.ts';

export interface CommandLine {
  /** The command that was asked for, the root or one of its subcommands. */
  readonly command: Command;
  /** Its name, behind the names of the commands that it belongs to. */
  readonly path: string;
  /** `--help` and `--version` win over the work, once the command line has been parsed. */
  readonly kind: 'help' | 'version' | 'run';
  readonly values: Values;
}

/** A command line in its parts, right or wrong. */
export interface SplitCommandLine {
  readonly command: Command;
  readonly path: string;
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  readonly tokens: readonly Token[];
}

/** The parts of a command line, by the command's table. Nothing is refused yet. */
export function splitCommandLine(root: Command, args: readonly string[]): SplitCommandLine {
  const selected = select(root, root.name, args);
  return { ...selected, tokens: tokensOf(selected.command, selected.args) };
}

/** The last value of a flag, however wrong the rest is: what is wrong is told in the form that is asked for. */
export function peekAtFlag({ tokens }: SplitCommandLine, flag: string): string | undefined {
  return tokens.filter((token) => token.kind === 'option').findLast(({ name }) => name === flag)?.value;
}

/**
 * Reads a command line by the command's table.
 *
 * @throws Failure (exit code 2) that names what is wrong, and how it should be
 */
export function parseCommandLine(root: Command, args: readonly string[]): CommandLine {
  return checkCommandLine(splitCommandLine(root, args));
}

/** What the parts mean. @throws as parseCommandLine */
export function checkCommandLine(split: SplitCommandLine): CommandLine {
  const { command, path } = split;
  checkSubcommand(split);
  const { flags, words } = read(split);
  for (const kind of ['help', 'version'] as const) {
    if (flags.has(kind)) {
      return { command, path, kind, values: new Values(command, flags, new Map()) };
    }
  }
  if (command.subcommands !== undefined) {
    throw usageFailure(`${path} needs a command`, itHas(command.subcommands));
  }
  const values = new Values(command, flags, assign(split, words));
  checkFlags(command, values);
  return { command, path, kind: 'run', values };
}

/** Subcommands stand before all flags: behind a flag nobody can tell one from a value. */
function select(command: Command, path: string, args: readonly string[]): Omit<SplitCommandLine, 'tokens'> {
  const [word, ...rest] = args;
  const next = command.subcommands?.find(({ name }) => name === word);
  return next === undefined ? { command, path, args } : select(next, `${path} ${next.name}`, rest);
}

function checkSubcommand({ command: { subcommands }, path, args: [word] }: SplitCommandLine): void {
  if (subcommands === undefined || word === undefined || word.startsWith('-')) {
    return;
  }
  const near = nearest(
    word,
    subcommands.map(({ name }) => name),
  );
  throw usageFailure(
    `${path} has no command "${printable(word)}"`,
    `${didYouMean(near)}${itHas(subcommands)}`,
  );
}

/** parseArgs splits, and this file judges: its own messages have no hints. */
function tokensOf(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(flagsOf(command)).map(([name, { placeholder, short }]) => {
      const type = placeholder === undefined ? ('boolean' as const) : ('string' as const);
      return [name, { type, ...(short !== undefined && { short }) }];
    }),
  );
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

type Token = ReturnType<typeof tokensOf>[number];
type FlagToken = Extract<Token, { kind: 'option' }>;

/** The values of each flag that is given, none for a switch, and the words that belong to no flag. */
function read(split: SplitCommandLine): { flags: Map<string, string[]>; words: string[] } {
  const known = flagsOf(split.command);
  const flags = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of split.tokens) {
    if (token.kind === 'positional') {
      words.push(token.value);
    } else if (token.kind === 'option') {
      const flag = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
      if (flag === undefined) {
        throw unknownFlag(token, split);
      }
      checkValue(token, flag);
      checkOnce(token, flag, flags);
      const values = flags.get(token.name) ?? [];
      flags.set(token.name, token.value === undefined ? values : [...values, token.value]);
    }
  }
  return { flags, words };
}

function unknownFlag({ rawName, name }: FlagToken, { command, path }: SplitCommandLine): Failure {
  const near = name.length > 1 ? nearest(name, Object.keys(flagsOf(command))) : undefined;
  return usageFailure(
    `unknown flag ${printable(rawName)}`,
    `${didYouMean(near && `--${near}`)}Run \`${helpCommand(path)}\` to see the flags.`,
  );
}

function checkValue({ name, value, inlineValue }: FlagToken, { placeholder, choices }: Flag): void {
  const flag = `--${name}`;
  if (placeholder === undefined) {
    if (value !== undefined) {
      throw usageFailure(`${flag} takes no value`, `Write ${flag} alone, or leave it out.`);
    }
    return;
  }
  if (value === undefined) {
    throw usageFailure(`${flag} needs a value`, `Write ${flag}=${placeholder}.`);
  }
  if (!inlineValue && /^-./.test(value)) {
    throw usageFailure(
      `${flag} needs a value, and "${printable(value)}" looks like another flag`,
      `Write ${flag}=${placeholder}; that is how a value may begin with a dash.`,
    );
  }
  if (choices !== undefined) {
    parseOneOf(choices)(value, flag);
  }
}

/** Nobody could tell which of two values is meant. */
function checkOnce({ name }: FlagToken, { repeatable }: Flag, given: ReadonlyMap<string, unknown>): void {
  if (!repeatable && given.has(name)) {
    throw usageFailure(`--${name} is given more than once`, 'Give it once.');
  }
}

/** The words by the positionals that they are for. */
function assign(
  { command, path }: SplitCommandLine,
  words: readonly string[],
): Map<string, readonly string[]> {
  const { positionals = [] } = command;
  const stray = positionals.at(-1)?.repeatable ? undefined : words[positionals.length];
  if (stray !== undefined) {
    const takes = positionals.map(({ name }) => name).join(' ') || 'flags alone';
    throw usageFailure(
      `unexpected argument "${printable(stray)}"`,
      `${path} takes ${takes}. Run \`${helpCommand(path)}\` to see how it is called.`,
    );
  }
  const assigned = new Map<string, readonly string[]>();
  for (const [index, positional] of positionals.entries()) {
    const { name, choices, required, repeatable } = positional;
    const own = words.slice(index, repeatable ? undefined : index + 1);
    if (own.length === 0 && required) {
      throw usageFailure(`${name} is missing`, `Run \`${helpCommand(path)}\` to see how it is called.`);
    }
    if (choices !== undefined) {
      own.forEach((word) => void parseOneOf(choices)(word, name));
    }
    assigned.set(name, own);
  }
  return assigned;
}

/** What flags are to each other: excluded, needed, required. */
function checkFlags(command: Command, values: Values): void {
  const flags = Object.entries(flagsOf(command));
  for (const [name, { excludes = [] }] of flags) {
    const other = excludes.find((excluded) => values.has(name) && values.has(excluded));
    if (other !== undefined) {
      throw usageFailure(`--${name} and --${other} exclude each other`, 'Give one of them.');
    }
  }
  for (const [name, { needs = [] }] of flags) {
    const missing = needs.find((need) => values.has(name) && !isMet(need, values));
    if (missing !== undefined) {
      throw usageFailure(`--${name} needs --${missing}`, needHint(missing, name, values));
    }
  }
  const standsAlone = flags.some(([name, flag]) => flag.standsAlone && values.has(name));
  for (const [name, { required, placeholder, help }] of flags) {
    if (required && !standsAlone && !values.has(name)) {
      throw usageFailure(`--${name} is missing`, `Give --${name}=${placeholder}: ${help}.`);
    }
  }
}

function needHint(need: string, name: string, values: Values): string {
  const [flag = '', value] = need.split('=');
  const now = value === undefined ? undefined : values.text(flag);
  return now === undefined
    ? `Give --${need} too, or leave --${name} out.`
    : `Here --${flag} is ${now}. Change that, or leave --${name} out.`;
}

/** @param need a flag, or a flag's value as in `token-source=request` */
function isMet(need: string, values: Values): boolean {
  const [flag = '', value] = need.split('=');
  return value === undefined ? values.has(flag) : values.text(flag) === value;
}

function itHas(subcommands: readonly Command[]): string {
  return `It has ${subcommands.map(({ name }) => name).join(', ')}.`;
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `Did you mean ${near}? `;
}
