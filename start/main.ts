import { type CommandLine, HELP, parseCommandLine } from './command-line.ts';
import { runMain } from './run-main.ts';

/** This import takes half a second, so the first line of output comes before it. */
const loadWork = () => import('./show.ts');

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const commandLine = parseCommandLine(args);
  if (commandLine.help) {
    process.stdout.write(HELP);
    return;
  }
  const { title, next } = wordsFor(commandLine);
  process.stdout.write(`${title}.\n\n`);
  const { show } = await loadWork();
  await show(commandLine, interrupted);
  interrupted.throwIfAborted(); // the interruption may have come during the clean-up
  process.stdout.write(
    `\nThat is the whole job. Next, read ${next}. \`npm run synth\` writes the manifests.\n`,
  );
}

/** What is shown, and the document to read next. */
function wordsFor({ node, metainit }: CommandLine): { readonly title: string; readonly next: string } {
  if (metainit) {
    const title =
      'metainit releases a controller that its own hold catches, shown on a real Kubernetes API server';
    return { title, next: 'docs/metainit.md' };
  }
  const where = node ? 'a real Kubernetes node' : 'real Kubernetes API servers';
  return { title: `One kubeconfig for several clusters, shown on ${where}`, next: 'README.md' };
}

await runMain(main);
