import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';

export const DEFAULT_OUTPUT = 'packages/helm/cloudify-manager';

export const COMMAND: Command = {
  name: 'npm run helm',
  summary: 'the Helm chart of Cloudify Manager',
  description: 'Copies the chart from helm/chart to a folder. The folder is replaced if it holds this chart.',
  usage: ['npm run helm', 'npm run helm -- --output FOLDER'],
  sections: [
    {
      title: 'Flags',
      flags: {
        output: {
          short: 'o',
          placeholder: 'FOLDER',
          default: DEFAULT_OUTPUT,
          help: 'the folder of the chart',
        },
        help: HELP_FLAG,
      },
    },
  ],
};
