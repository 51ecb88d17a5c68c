import { runProgram } from '../../cli/run-program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMAND } from './command.ts';
import { readOptions } from './options.ts';
import { metainit } from './program.ts';

runProgram({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) => readOptions(values),
  isService: ({ mode }) => mode === 'watch',
  run: metainit,
});
