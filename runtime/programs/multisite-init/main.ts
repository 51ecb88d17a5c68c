import { parsePort } from '../../cli/parse-values.ts';
import { runProgram } from '../../cli/run-program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMAND } from './command.ts';
import type { Options } from './options.ts';
import { multisiteInit } from './program.ts';
import { readOptions } from './read-options.ts';

/** The options with --until-written: write nothing, and wait for the program that writes. */
interface UntilWritten {
  readonly untilWrittenPort: number;
}

runProgram<Options | UntilWritten>({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) =>
    values.has('until-written')
      ? { untilWrittenPort: values.get('until-written', parsePort) }
      : readOptions(values),
  isService: (options) => 'watch' in options && options.watch !== undefined,
  run: async (options, dependencies, signal) => {
    if (!('untilWrittenPort' in options)) {
      return multisiteInit(options, dependencies, signal);
    }
    const { untilWritten } = await import('./until-written.ts');
    return untilWritten(options.untilWrittenPort, dependencies.clock, signal);
  },
});
