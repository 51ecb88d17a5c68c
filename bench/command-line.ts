import { parseArgs } from 'node:util';
import { UsageError } from '../start/command-line.ts';

/** About a minute on two cores, the Python client included. */
const DEFAULT_ROUNDS = 24;

export const HELP = `npm run bench - multisite-init against kubectl patch and the official Python client

Measures wall time, CPU time and peak memory of whole processes, interleaved in random order, against one
API server of its own, and prints how they compare. See bench/README.md.

Usage:
  npm run bench
  npm run bench -- [--rounds N] [--json]

Flags:
      --rounds N  run everything so many times (default ${DEFAULT_ROUNDS}); 20 or more to tell small differences
      --json      print the numbers for a program to read
  -h, --help      show this

Environment:
  PYTHON          an interpreter that has the package \`kubernetes\` (default: python3 with the tests' own)
`;

export interface CommandLine {
  readonly help: boolean;
  readonly rounds: number;
  readonly json: boolean;
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { help = false, rounds = String(DEFAULT_ROUNDS), json = false } = parseFlags(args);
  if (!/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new UsageError(`--rounds "${rounds}" is not a number from 1 to 9999`);
  }
  return { help, rounds: Number(rounds), json };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. See: npm run bench -- --help`);
  }
}
