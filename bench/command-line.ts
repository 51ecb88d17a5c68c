import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';
import { helpText } from '../runtime/cli/help.ts';
import { parseCommandLine as parse } from '../runtime/cli/parse-command-line.ts';
import { parseOneOf, parseWholeNumber } from '../runtime/cli/parse-values.ts';

const PARTS = ['init', 'synth', 'pod', 'regression'] as const;

const COMMAND: Command = {
  name: 'npm run bench',
  summary:
    'multisite-init against kubectl patch and the official Python client,\n                and cdk8s synth here against the stock TypeScript template',
  description: `Measures wall time, CPU time and peak memory of whole processes, interleaved in random order, and prints how
they compare: multisite-init against one API server of its own; synth for the same manifests, and how it grows
with the attachments and the charts of an app. Asked for, it measures how much later the application of a pod
starts by its init container, on a node of its own; or how multisite-init compares with that of another checkout.
See bench/README.md.`,
  usage: [
    'npm run bench',
    'npm run bench -- [--rounds N] [--only init|synth|pod] [--attachments N] [--json]',
    'npm run bench -- --only regression --baseline FOLDER [--rounds N] [--json]',
  ],
  sections: [
    {
      title: 'Flags',
      flags: {
        // About a minute on two cores for the program, the Python client included, and five for synth.
        rounds: {
          placeholder: 'N',
          default: '24',
          help: 'run everything so many times; 20 or more to tell small differences',
        },
        only: {
          placeholder: 'PART',
          choices: PARTS,
          help: 'init or synth alone; or pod, which takes root on Linux; or regression\npod and regression are measured when asked for only',
        },
        baseline: {
          placeholder: 'FOLDER',
          needs: ['only=regression'],
          help: 'regression: the other checkout, built; ends with 1 where this one takes more',
        },
        attachments: { placeholder: 'N', default: '1000', help: 'how far synth is to grow, from 8' },
        json: { help: 'print the numbers for a program to read' },
        help: HELP_FLAG,
      },
    },
  ],
  epilogue: `Environment:
  PYTHON          an interpreter that has the package \`kubernetes\` (default: python3 with the tests' own)`,
};

export const HELP = `${helpText(COMMAND, COMMAND.name)}\n`;

export interface CommandLine {
  readonly help: boolean;
  readonly rounds: number;
  readonly json: boolean;
  /** Undefined for init and synth. */
  readonly only: (typeof PARTS)[number] | undefined;
  readonly attachments: number;
  /** The folder of the other checkout; undefined for all but a regression. */
  readonly baseline: string | undefined;
}

/** @throws Failure (exit code 2) */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { kind, values } = parse(COMMAND, args);
  return {
    help: kind === 'help',
    rounds: values.get('rounds', parseWholeNumber(1, 9999)),
    json: values.has('json'),
    only: values.find('only', parseOneOf(PARTS)),
    attachments: values.get('attachments', parseWholeNumber(8, 9999)),
    baseline: values.text('baseline'),
  };
}
