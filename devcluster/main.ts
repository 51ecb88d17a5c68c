import { type Command, HELP_FLAG } from '../runtime/cli/command.ts';
import { Failure } from '../runtime/cli/failure.ts';
import { helpText } from '../runtime/cli/help.ts';
import { parseCommandLine } from '../runtime/cli/parse-command-line.ts';
import { parseOneOf } from '../runtime/cli/parse-values.ts';
import { RELEASE_NAMES, RELEASES } from './builds/kubernetes-releases.ts';
import type { ControlPlaneFacts } from './control-plane/control-plane.ts';
import { launch } from './control-plane/launch.ts';
import { type Audience, runSupervisor } from './control-plane/run-supervisor.ts';
import { progressTo } from './progress.ts';

const COMMAND: Command = {
  name: 'node devcluster/main.ts',
  summary: 'a real control plane on loopback',
  description: `Starts etcd and kube-apiserver on loopback, and prints how to connect to them. Ctrl-C stops them and removes
their files. Missing programs are built first, and stay in the cache.`,
  sections: [
    {
      title: 'Flags',
      flags: {
        release: {
          placeholder: 'NAME',
          choices: RELEASE_NAMES,
          default: 'main',
          help: [
            'release of kube-apiserver',
            ...RELEASE_NAMES.map((name) => `${name.padEnd(6)}  ${RELEASES[name].version}`),
          ].join('\n'),
        },
        controllers: {
          help: 'start kube-controller-manager too, for ServiceAccounts, their token Secrets and kube-root-ca.crt',
        },
        workloads: {
          help: 'start kube-controller-manager too, also for the pods of Deployments, Jobs and other workloads',
        },
        node: {
          help: 'start a whole node too, with the images of this repository; needs root on Linux',
          excludes: ['release', 'controllers', 'workloads'],
        },
        help: HELP_FLAG,
      },
    },
  ],
  epilogue: `Environment:
  KUBEBUILDER_ASSETS  folder with etcd and kube-apiserver ${RELEASES.main.version}, which are then not built
  XDG_CACHE_HOME      folder for the programs that are built (default: ~/.cache)`,
};

const person: Audience<ControlPlaneFacts> = {
  progress: progressTo(process.stderr),
  started: ({ version, url, kubeconfig, folder }) => {
    process.stdout.write(
      `Kubernetes ${version} runs at ${url}\nLogs are in ${folder}. Ctrl-C stops it.\n\nexport KUBECONFIG=${kubeconfig}\n`,
    );
  },
  failed: async (error) => {
    process.stderr.write(`${error.message}\n`);
  },
};

async function main(args: readonly string[]): Promise<void> {
  const { kind, values } = parseCommandLine(COMMAND, args);
  if (kind === 'help') {
    process.stdout.write(`${helpText(COMMAND, COMMAND.name)}\n`);
    return;
  }
  if (values.has('node')) {
    const { launchOwnNode } = await import('./node/launch-own-node.ts'); // imported only for a node
    await runSupervisor(launchOwnNode, person);
    return;
  }
  const options = {
    release: values.get('release', parseOneOf(RELEASE_NAMES)),
    controllers: values.has('controllers'),
    workloads: values.has('workloads'),
  };
  await runSupervisor((onProgress, ending) => launch(options, onProgress, ending), person);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n${error.hint}\n`);
  process.exitCode = error.exitCode;
}
