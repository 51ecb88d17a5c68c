import { LOG_FORMATS } from './log.ts';
import type { Values } from './values.ts';

/** A command as people type it. Parsing, `--help` and completion use this table, and tests compare the documents with it. */
export interface Command {
  /** The name: `multisite-init`, or the word of a subcommand. */
  readonly name: string;
  /** What the command does, in half a line. */
  readonly summary: string;
  /** What the command does, in lines of at most 100 characters. */
  readonly description?: string;
  /** Usage lines, if the generated one is not enough. */
  readonly usage?: readonly string[];
  /** In the order of `--help`. */
  readonly sections: readonly FlagSection[];
  /** Arguments that are not flags, in their order. Only the last one may be optional or repeatable. */
  readonly positionals?: readonly Positional[];
  /**
   * A command with subcommands does nothing itself, unless it has positionals. Include COMPLETION (completion.ts) in the
   * subcommands.
   */
  readonly subcommands?: readonly Command[];
  /** The text of `--help` after the flags: environment, exit codes, examples. */
  readonly epilogue?: string;
  /** For a command that only prints: returns the text to print. @param root the whole table */
  readonly print?: (root: Command, values: Values) => string;
}

/** Flags that belong together, under a title of `--help`. */
export interface FlagSection {
  readonly title: string;
  /** By name, without the dashes. */
  readonly flags: Readonly<Record<string, Flag>>;
}

/** A flag with a placeholder takes a value. A flag without one is a switch. */
export interface Flag {
  /** The word for the value in `--help`, for example `NAME`. `FILE` and `FOLDER` are completed as paths. */
  readonly placeholder?: string;
  /** One letter. */
  readonly short?: string;
  /** The value if the flag is not given. */
  readonly default?: string;
  /** What the flag is for, in a few words. More lines are printed below the first. */
  readonly help: string;
  /** All valid values. */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Whether the required flags may be missing when this flag is given. */
  readonly standsAlone?: boolean;
  /** Whether it may be given more than once. Then all values are used. */
  readonly repeatable?: boolean;
  /** What must be given with this flag: another flag (`server`), or a flag's value (`token-source=request`). */
  readonly needs?: readonly string[];
  /** Flags that must not be given with this flag. It is enough if one of the two flags lists the other. */
  readonly excludes?: readonly string[];
}

export interface Positional {
  /** The name in `--help`, for example `LABEL`. */
  readonly name: string;
  readonly help: string;
  /** All valid values. */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Whether it takes all remaining arguments. */
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

/** What to type for a command's help. npm passes on only the flags after two dashes. @param path the command's whole name */
export function helpCommand(path: string): string {
  return path.startsWith('npm ') ? `${path} -- --help` : `${path} --help`;
}
