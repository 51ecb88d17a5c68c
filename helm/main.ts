import packageJson from '../package.json' with { type: 'json' };
import { ExitCode } from '../runtime/cli/exit-code.ts';
import { parseText } from '../runtime/cli/parse-values.ts';
import { runProgram } from '../runtime/cli/run-program.ts';
import { COMMAND } from './command-line.ts';
import { copyChart, NAME } from './copy-chart.ts';

function whatNext(output: string, files: number): string {
  return `${output}: chart ${NAME} ${packageJson.version}, ${files} files

Next steps, with Helm 3 or 4 (docs/helm.md has more):

  kubectl create namespace cloudify
  kubectl label namespace cloudify pod-security.kubernetes.io/enforce=privileged
  helm install cloudify ${output} --namespace cloudify \\
    --set image.repository=registry.example/cloudify-manager \\
    --set init.image.repository=registry.example/multisite

Build and push these two images first: they are not published yet.`;
}

runProgram({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) => ({ output: values.get('output', parseText) }),
  run: async ({ output }, { print }) => {
    print(whatNext(output, await copyChart(output)));
    return ExitCode.ok;
  },
});
