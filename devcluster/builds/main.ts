import { type Command, HELP_FLAG } from '../../runtime/cli/command.ts';
import { Failure } from '../../runtime/cli/failure.ts';
import { helpText } from '../../runtime/cli/help.ts';
import { parseCommandLine } from '../../runtime/cli/parse-command-line.ts';
import { parseOneOf } from '../../runtime/cli/parse-values.ts';
import { progressTo } from '../progress.ts';
import { BUILD_GROUPS, buildAll } from './build-all.ts';

const COMMAND: Command = {
  name: 'npm run build:programs',
  summary: 'build what is not in the cache yet',
  description:
    'Builds the programs of the control plane, the node and Helm, so that later commands do not wait for them.',
  usage: ['npm run build:programs', 'npm run build:programs -- [GROUP...]'],
  sections: [{ title: 'Flags', flags: { help: HELP_FLAG } }],
  positionals: [
    {
      name: 'GROUP',
      help: 'what to build; without a group, everything',
      choices: BUILD_GROUPS,
      repeatable: true,
    },
  ],
};

async function main(args: readonly string[], ending: AbortSignal): Promise<void> {
  const { kind, values } = parseCommandLine(COMMAND, args);
  if (kind === 'help') {
    process.stdout.write(`${helpText(COMMAND, COMMAND.name)}\n`);
    return;
  }
  const asked = values.arguments('GROUP', parseOneOf(BUILD_GROUPS));
  await buildAll(asked.length === 0 ? BUILD_GROUPS : asked, progressTo(process.stderr), ending);
}

const ending = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(event, () => ending.abort());
}
await main(process.argv.slice(2), ending.signal).catch((error: Error) => {
  if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n${error.hint}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(ending.signal.aborted ? '' : `${error.message}\n`);
    process.exitCode = 1;
  }
});
