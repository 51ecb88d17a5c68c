import packageJson from '../package.json' with { type: 'json' };
import { HELP, parseCommandLine, UsageError } from './command-line.ts';
import { copyChart, NAME } from './copy-chart.ts';

async function main(args: readonly string[]): Promise<void> {
  const { help, output } = parseCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const files = await copyChart(output);
  process.stdout.write(`${output}: chart ${NAME} ${packageJson.version}, ${files} files

Next, by Helm 3 or 4; docs/helm.md has more:

  kubectl create namespace cloudify
  kubectl label namespace cloudify pod-security.kubernetes.io/enforce=privileged
  helm install cloudify ${output} --namespace cloudify \\
    --set image.repository=registry.example/cloudify-manager \\
    --set init.image.repository=registry.example/multisite

These images you build and push first: they are not published yet.
`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
