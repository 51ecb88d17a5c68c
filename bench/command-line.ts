import { parseArgs } from 'node:util';
import { UsageError } from '../start/command-line.ts';

/** About a minute on two cores for the program, the Python client included, and five for synth. */
const DEFAULT_ROUNDS = 24;
const DEFAULT_ATTACHMENTS = 1000;
const PARTS = ['init', 'synth', 'pod'] as const;

export const HELP = `npm run bench - multisite-init against kubectl patch and the official Python client,
                and cdk8s synth here against the stock TypeScript template

Measures wall time, CPU time and peak memory of whole processes, interleaved in random order, and prints how
they compare: multisite-init against one API server of its own; synth for the same manifests, and how it grows
with the attachments and the charts of an app. Asked for, it measures how much later the application of a pod
starts by its init container, on a node of its own. See bench/README.md.

Usage:
  npm run bench
  npm run bench -- [--rounds N] [--only init|synth|pod] [--attachments N] [--json]

Flags:
      --rounds N       run everything so many times (default ${DEFAULT_ROUNDS}); 20 or more to tell small differences
      --only PART      init or synth alone; or pod, which takes root on Linux and is measured when asked for only
      --attachments N  how far synth is to grow, from 8 (default ${DEFAULT_ATTACHMENTS})
      --json           print the numbers for a program to read
  -h, --help           show this

Environment:
  PYTHON          an interpreter that has the package \`kubernetes\` (default: python3 with the tests' own)
`;

export interface CommandLine {
  readonly help: boolean;
  readonly rounds: number;
  readonly json: boolean;
  /** Undefined for init and synth. */
  readonly only: (typeof PARTS)[number] | undefined;
  readonly attachments: number;
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const flags = parseFlags(args);
  const only = PARTS.find((part) => part === flags.only);
  if (flags.only !== undefined && only === undefined) {
    throw new UsageError(`--only "${flags.only}" is none of ${PARTS.join(', ')}`);
  }
  return {
    help: flags.help ?? false,
    rounds: wholeNumber('--rounds', flags.rounds, 1) ?? DEFAULT_ROUNDS,
    json: flags.json ?? false,
    only,
    attachments: wholeNumber('--attachments', flags.attachments, 8) ?? DEFAULT_ATTACHMENTS,
  };
}

function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) < least) {
    throw new UsageError(`${flag} "${text}" is not a number from ${least} to 9999`);
  }
  return Number(text);
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        only: { type: 'string' },
        attachments: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. See: npm run bench -- --help`);
  }
}
