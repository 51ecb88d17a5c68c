import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';

export const DEFAULT_OUTPUT = 'packages/helm';

export const COMMAND: Command = {
  name: 'npm run helm',
  summary: 'the Helm charts',
  description:
    'Copies each chart from helm/ to a folder of its own, which is replaced if it holds this chart.',
  usage: ['npm run helm', 'npm run helm -- --output FOLDER'],
  sections: [
    {
      title: 'Flags',
      flags: {
        output: {
          short: 'o',
          placeholder: 'FOLDER',
          default: DEFAULT_OUTPUT,
          help: 'the folder that gets a folder for each chart',
        },
        help: HELP_FLAG,
      },
    },
  ],
};
