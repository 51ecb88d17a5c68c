import packageJson from '../package.json' with { type: 'json' };
import { ExitCode } from '../runtime/cli/exit-code.ts';
import { parseText } from '../runtime/cli/parse-values.ts';
import { runProgram } from '../runtime/cli/run-program.ts';
import { COMMAND } from './command-line.ts';
import { type ChartCopy, type ChartName, copyCharts } from './copy-charts.ts';

/** The commands that install each chart, and the document that has more. */
const INSTALL: Readonly<Record<ChartName, (folder: string) => string>> = {
  'cloudify-manager': (folder) => `Cloudify Manager (docs/helm.md has more):

  kubectl create namespace cloudify
  kubectl label namespace cloudify pod-security.kubernetes.io/enforce=privileged
  helm install cloudify ${folder} --namespace cloudify \\
    --set image.repository=registry.example/cloudify-manager \\
    --set init.image.repository=registry.example/multisite`,
  metainit: (folder) => `metainit (docs/metainit.md has more):

  helm install metainit ${folder} --namespace metainit --create-namespace \\
    --set image.repository=registry.example/multisite`,
};

function report(copies: readonly ChartCopy[]): string {
  const written = copies.map(
    ({ name, folder, files }) => `${folder}: chart ${name} ${packageJson.version}, ${files} files`,
  );
  return `${written.join('\n')}

Next steps, with Helm 3 or 4. Build and push the images first: they are not published yet.

${copies.map(({ name, folder }) => INSTALL[name](folder)).join('\n\n')}`;
}

runProgram({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) => ({ output: values.get('output', parseText) }),
  run: async ({ output }, { print }) => {
    print(report(await copyCharts(output)));
    return ExitCode.ok;
  },
});
