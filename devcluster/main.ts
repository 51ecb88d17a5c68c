import { parseArgs } from 'node:util';
import { RELEASE_NAMES, RELEASES, type ReleaseName } from './builds/kubernetes-releases.ts';
import type { ControlPlaneFacts } from './control-plane/control-plane.ts';
import { launch } from './control-plane/launch.ts';
import { type Audience, runSupervisor } from './control-plane/run-supervisor.ts';
import { progressTo } from './progress.ts';

const HELP = `Usage: node devcluster/main.ts [options]

Starts etcd and kube-apiserver on loopback, says how to reach them, and keeps them until Ctrl-C.
What is missing is built first, once. Nothing is left behind.

      --release NAME  of kube-apiserver (default: main):
${RELEASE_NAMES.map((name) => `                      ${name.padEnd(6)}  ${RELEASES[name].version}`).join('\n')}
      --controllers   start kube-controller-manager, too: ServiceAccounts, their token Secrets, kube-root-ca.crt
  -h, --help          show this

KUBEBUILDER_ASSETS  a folder that holds etcd and kube-apiserver ${RELEASES.main.version}, to be used instead of our own
XDG_CACHE_HOME      where our own are kept (default: ~/.cache)
`;

const person: Audience<ControlPlaneFacts> = {
  progress: progressTo(process.stderr),
  started: ({ version, url, kubeconfig, folder }) => {
    process.stdout.write(
      `Kubernetes ${version} serves at ${url}\nLogs are in ${folder}; Ctrl-C ends it.\n\nexport KUBECONFIG=${kubeconfig}\n`,
    );
  },
  failed: async (error) => {
    process.stderr.write(`${error.message}\n`);
  },
};

function releaseNamed(name: string): ReleaseName {
  const found = RELEASE_NAMES.find((known) => known === name);
  if (found === undefined) {
    throw new Error(`--release ${name}: there are ${RELEASE_NAMES.join(', ')}`);
  }
  return found;
}

const { values } = parseArgs({
  options: {
    release: { type: 'string', default: 'main' },
    controllers: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const options = { release: releaseNamed(values.release), controllers: values.controllers };
  await runSupervisor((onProgress, ending) => launch(options, onProgress, ending), person);
}
