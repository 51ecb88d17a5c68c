import { runProgram } from '../../cli/run-program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMAND } from './command.ts';
import { multisiteInit } from './program.ts';
import { readOptions } from './read-options.ts';

runProgram({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) => readOptions(values),
  isService: ({ watch }) => watch !== undefined,
  run: multisiteInit,
});
