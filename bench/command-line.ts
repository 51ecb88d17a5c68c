import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';
import { helpText } from '../runtime/cli/help.ts';
import { parseCommandLine as parse } from '../runtime/cli/parse-command-line.ts';
import { parseOneOf, parseWholeNumber } from '../runtime/cli/parse-values.ts';

const PARTS = ['init', 'synth', 'pod', 'metainit', 'regression'] as const;

const COMMAND: Command = {
  name: 'npm run bench',
  summary:
    'multisite-init against kubectl patch and the official Python client,\n                and cdk8s synth here against the stock TypeScript template',
  description: `Runs whole processes in random order, measures their wall time, CPU time and peak memory, and prints comparisons:
  - init: multisite-init, kubectl patch and the Python client, on one API server
  - synth: cdk8s synth here and in the stock template, for the same manifests; also how the costs grow
    with the attachments (MultisiteInit constructs) and the charts of an app
  - pod: how much the init container delays a pod's application, on a node
  - metainit: metainit and a controller in Go, which release held pods
  - regression: multisite-init of this checkout and of another checkout
The bench starts the API server and the node for the measurement. See bench/README.md.`,
  usage: [
    'npm run bench',
    'npm run bench -- [--rounds N] [--only init|synth|pod|metainit] [--attachments N] [--pods N] [--json]',
    'npm run bench -- --only regression --baseline FOLDER [--rounds N] [--json]',
  ],
  sections: [
    {
      title: 'Flags',
      flags: {
        // On two cores, 24 rounds take about a minute for init with the Python client, and five minutes for synth.
        rounds: {
          placeholder: 'N',
          default: '24',
          help: 'number of rounds; 20 or more show small differences',
        },
        only: {
          placeholder: 'PART',
          choices: PARTS,
          help: 'measure only this part; without the flag, init and synth are measured\npod needs root on Linux; metainit needs Go and Linux, and five minutes for a round',
        },
        baseline: {
          placeholder: 'FOLDER',
          needs: ['only=regression'],
          help: 'folder of the other checkout for regression; run `npm run build` there first\nthe exit code is 1 if this checkout is slower or uses more memory',
        },
        attachments: {
          placeholder: 'N',
          default: '1000',
          help: 'largest number of attachments for synth, 8 or more',
        },
        pods: {
          placeholder: 'N',
          default: '10000',
          help: 'number of pods for metainit, 100 or more; a tenth of it is measured, too',
        },
        json: { help: 'print the numbers as JSON' },
        help: HELP_FLAG,
      },
    },
  ],
  epilogue: `Environment:
  PYTHON          a Python interpreter with the package \`kubernetes\` (default: the virtual environment of the tests)`,
};

export const HELP = `${helpText(COMMAND, COMMAND.name)}\n`;

export interface CommandLine {
  readonly help: boolean;
  readonly rounds: number;
  readonly json: boolean;
  /** Undefined for init and synth. */
  readonly only: (typeof PARTS)[number] | undefined;
  readonly attachments: number;
  /** The larger number of pods for metainit. */
  readonly pods: number;
  /** The folder of the other checkout. Undefined unless a regression is measured. */
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
    pods: values.get('pods', parseWholeNumber(100, 100_000)),
    baseline: values.text('baseline'),
  };
}
