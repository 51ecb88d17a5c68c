import { parseArgs } from 'node:util';

export const DEFAULT_OUTPUT = 'packages/helm/cloudify-manager';

export const HELP = `npm run helm - the Helm chart of Cloudify Manager

Copies the chart from helm/chart to a folder. The folder is replaced if it holds this chart.

Usage:
  npm run helm
  npm run helm -- --output FOLDER

Flags:
  -o, --output FOLDER  the folder of the chart (default ${DEFAULT_OUTPUT})
  -h, --help           show this
`;

export interface CommandLine {
  readonly help: boolean;
  readonly output: string;
}

/** The command line asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  let values: { help?: boolean; output?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { output: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. See: npm run helm -- --help`);
  }
  if (values.output === '') {
    throw new UsageError('--output is empty: name a folder, or leave it out');
  }
  return { help: values.help ?? false, output: values.output ?? DEFAULT_OUTPUT };
}
