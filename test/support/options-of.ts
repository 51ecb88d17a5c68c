import { parseCommandLine } from '../../runtime/cli/parse-command-line.ts';
import { COMMAND } from '../../runtime/programs/multisite-init/command.ts';
import type { Options } from '../../runtime/programs/multisite-init/options.ts';
import { readOptions } from '../../runtime/programs/multisite-init/read-options.ts';

/** The options of multisite-init that a command line gives. */
export function optionsOf(...args: string[]): Options {
  return readOptions(parseCommandLine(COMMAND, args).values);
}
