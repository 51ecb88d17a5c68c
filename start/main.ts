import { HELP, parseCommandLine } from './command-line.ts';
import { runMain } from './run-main.ts';

/** This import takes half a second, so the first line of output comes before it. */
const loadWork = () => import('./show.ts');

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const commandLine = parseCommandLine(args);
  if (commandLine.help) {
    process.stdout.write(HELP);
    return;
  }
  const where = commandLine.node ? 'a real Kubernetes node' : 'real Kubernetes API servers';
  process.stdout.write(`One kubeconfig for several clusters, shown on ${where}.\n\n`);
  const { show } = await loadWork();
  await show(commandLine, interrupted);
  interrupted.throwIfAborted(); // the interruption may have come during the clean-up
  process.stdout.write(
    '\nThat is the whole job. Next, read README.md. `npm run synth` writes the manifests.\n',
  );
}

await runMain(main);
