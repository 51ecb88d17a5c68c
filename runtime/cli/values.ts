import { type Command, type Flag, flagsOf } from './command.ts';

/** Parses a text. @param name the name of the flag, with its dashes, or of the positional. @throws Failure (exit code 2) */
export type Parse<T> = (text: string, name: string) => T;

/** The values of a command line, by the names in the command's table. */
export class Values {
  private readonly flags: Readonly<Record<string, Flag>>;
  private readonly given: ReadonlyMap<string, readonly string[]>;
  private readonly positionals: ReadonlyMap<string, readonly string[]>;

  /** @param given the values of each given flag; a switch has none */
  constructor(
    command: Command,
    given: ReadonlyMap<string, readonly string[]>,
    positionals: ReadonlyMap<string, readonly string[]>,
  ) {
    this.flags = flagsOf(command);
    this.given = given;
    this.positionals = positionals;
  }

  /** Whether a flag was given. A default does not count. */
  has(flag: string): boolean {
    this.flag(flag);
    return this.given.has(flag);
  }

  /** A flag's value, or its default. For a repeatable flag, the last value. */
  text(flag: string): string | undefined {
    const { default: fallback } = this.flag(flag);
    return this.given.get(flag)?.at(-1) ?? fallback;
  }

  /** The value of a flag that may be absent. */
  find<T>(flag: string, parse: Parse<T>): T | undefined {
    const text = this.text(flag);
    return text === undefined ? undefined : parse(text, `--${flag}`);
  }

  /** The value of a flag that has a default, or is required. */
  get<T>(flag: string, parse: Parse<T>): T {
    const text = this.text(flag);
    if (text === undefined) {
      throw new Error(`--${flag} has neither a value nor a default`);
    }
    return parse(text, `--${flag}`);
  }

  /** All values of a repeatable flag. */
  all<T>(flag: string, parse: Parse<T>): T[] {
    this.flag(flag);
    return (this.given.get(flag) ?? []).map((text) => parse(text, `--${flag}`));
  }

  /** The argument of a required positional. */
  argument<T>(positional: string, parse: Parse<T>): T {
    const [argument] = this.arguments(positional, parse);
    if (argument === undefined) {
      throw new Error(`there is no ${positional}`);
    }
    return argument;
  }

  /** The arguments of a positional: none, one, or several if it is repeatable. */
  arguments<T>(positional: string, parse: Parse<T>): T[] {
    return (this.positionals.get(positional) ?? []).map((text) => parse(text, positional));
  }

  private flag(name: string): Flag {
    const flag = this.flags[name];
    if (flag === undefined) {
      throw new Error(`there is no flag --${name}`);
    }
    return flag;
  }
}
