import { parseArgs } from 'node:util';
import { type Command, type Flag, flagsOf, helpCommand } from './command.ts';
import { type Failure, usageFailure } from './failure.ts';
import { nearest } from './nearest-word.ts';
import { parseOneOf, printable } from './parse-values.ts';
import { Values } from './values.ts';

export interface CommandLine {
  /** The command that was typed: the root or one of its subcommands. */
  readonly command: Command;
  /** The names of its parent commands, then its own name. */
  readonly path: string;
  /** If `--help` or `--version` is given, the program does nothing else. */
  readonly kind: 'help' | 'version' | 'run';
  readonly values: Values;
}

/** A command line in its parts, right or wrong. */
export interface SplitCommandLine {
  readonly command: Command;
  readonly path: string;
  /** The arguments after the command's name. */
  readonly args: readonly string[];
  readonly tokens: readonly Token[];
}

/** Splits a command line by the command's table. It refuses nothing. */
export function splitCommandLine(root: Command, args: readonly string[]): SplitCommandLine {
  const selected = select(root, root.name, args);
  return { ...selected, tokens: tokensOf(selected.command, selected.args) };
}

/**
 * The last value of a flag, even if the command line is wrong. It serves to log the errors of the command line in the
 * requested format.
 */
export function peekAtFlag({ tokens }: SplitCommandLine, flag: string): string | undefined {
  return tokens.filter((token) => token.kind === 'option').findLast(({ name }) => name === flag)?.value;
}

/**
 * Reads a command line by the command's table.
 *
 * @throws Failure (exit code 2) with what is wrong, and how to correct it
 */
export function parseCommandLine(root: Command, args: readonly string[]): CommandLine {
  return checkCommandLine(splitCommandLine(root, args));
}

/** Checks the parts of a command line. @throws as parseCommandLine */
export function checkCommandLine(split: SplitCommandLine): CommandLine {
  const { command, path } = split;
  checkSubcommand(split);
  const { flags, words } = read(split);
  for (const kind of ['help', 'version'] as const) {
    if (flags.has(kind)) {
      return { command, path, kind, values: new Values(command, flags, new Map()) };
    }
  }
  if (command.subcommands !== undefined && command.positionals === undefined) {
    throw usageFailure(`${path} needs a command`, itHas(command.subcommands));
  }
  const values = new Values(command, flags, assign(split, words));
  checkFlags(command, values);
  return { command, path, kind: 'run', values };
}

/** Subcommands must come before all flags: after a flag, a word could be the flag's value. */
function select(command: Command, path: string, args: readonly string[]): Omit<SplitCommandLine, 'tokens'> {
  const [word, ...rest] = args;
  const next = command.subcommands?.find(({ name }) => name === word);
  return next === undefined ? { command, path, args } : select(next, `${path} ${next.name}`, rest);
}

function checkSubcommand({ command, path, args: [word] }: SplitCommandLine): void {
  const { subcommands, positionals } = command;
  const mayBeArgument = positionals !== undefined || word?.startsWith('-');
  if (subcommands === undefined || word === undefined || mayBeArgument) {
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

/** parseArgs only splits. This file reports the errors, because the messages of parseArgs have no hints. */
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

/** The values of each given flag (a switch has none), and the words that belong to no flag. */
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
      `Write ${flag}=${placeholder}: in this form a value can begin with a dash.`,
    );
  }
  if (choices !== undefined) {
    parseOneOf(choices)(value, flag);
  }
}

/** With two values, it would be unclear which one to use. */
function checkOnce({ name }: FlagToken, { repeatable }: Flag, given: ReadonlyMap<string, unknown>): void {
  if (!repeatable && given.has(name)) {
    throw usageFailure(`--${name} is given more than once`, 'Give it once.');
  }
}

/** The words of each positional. */
function assign(
  { command, path }: SplitCommandLine,
  words: readonly string[],
): Map<string, readonly string[]> {
  const { positionals = [] } = command;
  const stray = positionals.at(-1)?.repeatable ? undefined : words[positionals.length];
  if (stray !== undefined) {
    const takes = positionals.map(({ name }) => name).join(' ') || 'only flags';
    throw usageFailure(
      `unexpected argument "${printable(stray)}"`,
      `${path} takes ${takes}. Run \`${helpCommand(path)}\` to see the usage.`,
    );
  }
  const assigned = new Map<string, readonly string[]>();
  for (const [index, positional] of positionals.entries()) {
    const { name, choices, required, repeatable } = positional;
    const own = words.slice(index, repeatable ? undefined : index + 1);
    if (own.length === 0 && required) {
      throw usageFailure(`${name} is missing`, `Run \`${helpCommand(path)}\` to see the usage.`);
    }
    if (choices !== undefined) {
      own.forEach((word) => void parseOneOf(choices)(word, name));
    }
    assigned.set(name, own);
  }
  return assigned;
}

/** Checks which flags exclude or need another flag, and which are required. */
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
    : `Here --${flag} is ${now}. Change --${flag}, or leave --${name} out.`;
}

/** @param need a flag, or a flag's value, for example `token-source=request` */
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
