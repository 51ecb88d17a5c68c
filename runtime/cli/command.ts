import { LOG_FORMATS } from './log.ts';
import type { Values } from './values.ts';

/** A command as people type it. Parsing, `--help`, completion and the tables of the documents come from it. */
export interface Command {
  /** How it is called: `multisite-init`; of a subcommand its own word. */
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  /** What it does, in lines of at most 100 characters. */
  readonly description?: string;
  /** Ways to call it, where more is to be said than the flags and positionals say. */
  readonly usage?: readonly string[];
  /** In the order of `--help`. */
  readonly sections: readonly FlagSection[];
  /** Arguments that are no flags, in their order; only the last one may be optional or repeatable. */
  readonly positionals?: readonly Positional[];
  /** A command with subcommands does nothing itself. Have COMPLETION (completion.ts) among them. */
  readonly subcommands?: readonly Command[];
  /** What `--help` says behind the flags: environment, exit codes, examples. */
  readonly epilogue?: string;
  /** What a command prints that does nothing else. @param root the table that it belongs to */
  readonly print?: (root: Command, values: Values) => string;
}

/** Flags that belong together, under a title of `--help`. */
export interface FlagSection {
  readonly title: string;
  /** By name, without the dashes. */
  readonly flags: Readonly<Record<string, Flag>>;
}

/** A flag with a value where it has a placeholder, else a switch. */
export interface Flag {
  /** What the value is, as `--help` shows it: `NAME`. `FILE` and `FOLDER` are completed as paths. */
  readonly placeholder?: string;
  /** One letter. */
  readonly short?: string;
  /** What the value is where the flag is not given. */
  readonly default?: string;
  /** What it is for, in a few words; further lines stand below the first. */
  readonly help: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Whether nothing is required beside it. */
  readonly standsAlone?: boolean;
  /** Whether it may be given more than once; all values count. */
  readonly repeatable?: boolean;
  /** What must be given with it: a flag (`server`), or a flag's value (`token-source=request`). */
  readonly needs?: readonly string[];
  /** Flags that must not be given with it; it is enough if one of the two says so. */
  readonly excludes?: readonly string[];
}

export interface Positional {
  /** As `--help` shows it: `LABEL`. */
  readonly name: string;
  readonly help: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Whether it takes all arguments that are left. */
  readonly repeatable?: boolean;
}

export const HELP_FLAG: Flag = { short: 'h', help: 'print this help' };
export const VERSION_FLAG: Flag = { short: 'V', help: 'print the version' };
export const LOG_FORMAT_FLAG: Flag = {
  placeholder: 'FORMAT',
  choices: LOG_FORMATS,
  default: 'text',
  help: 'text or json',
};

/** All flags of a command by name, in the order of `--help`. */
export function flagsOf({ sections }: Command): Readonly<Record<string, Flag>> {
  return Object.assign({}, ...sections.map(({ flags }) => flags));
}

/** What to type for the help of a command, whose whole name is given; npm takes flags behind two dashes only. */
export function helpCommand(path: string): string {
  return path.startsWith('npm ') ? `${path} -- --help` : `${path} --help`;
}
