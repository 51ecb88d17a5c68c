import { parseArgs } from 'node:util';
import { type LaunchedControlPlane, type LaunchOptions, launch } from './launch.ts';
import { type Progress, progressTo } from './progress.ts';
import { RELEASE_NAMES, RELEASES, type ReleaseName } from './releases.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

const HELP = `Usage: node test/cluster/main.ts [options]

Starts etcd and kube-apiserver on loopback, says how to reach them, and keeps them until Ctrl-C.
What is missing is built first, once. Nothing is left behind.

      --release NAME  of kube-apiserver (default: main):
${RELEASE_NAMES.map((name) => `                      ${name.padEnd(6)}  ${RELEASES[name].version}`).join('\n')}
      --controllers   start kube-controller-manager, too: ServiceAccounts, their token Secrets, kube-root-ca.crt
  -h, --help          show this

KUBEBUILDER_ASSETS  a folder that holds etcd and kube-apiserver ${RELEASES.main.version}, to be used instead of our own
XDG_CACHE_HOME      where our own are kept (default: ~/.cache)
`;

/** Whom to tell: a person at a terminal, or the process that started this one. */
interface Audience {
  readonly progress: Progress;
  started(controlPlane: LaunchedControlPlane): void;
  failed(error: Error): Promise<void>;
}

const person: Audience = {
  progress: progressTo(process.stderr),
  started: ({ facts }) => {
    const { version, url, kubeconfig, folder } = facts;
    process.stdout.write(
      `Kubernetes ${version} serves at ${url}\nLogs are in ${folder}; Ctrl-C ends it.\n\nexport KUBECONFIG=${kubeconfig}\n`,
    );
  },
  failed: async (error) => {
    process.stderr.write(`${error.message}\n`);
  },
};

const parent: Audience = {
  progress: (line) => void send({ kind: 'progress', line }),
  started: ({ facts }) => void send({ kind: 'started', facts }),
  failed: (error) => send({ kind: 'failed', reason: error.message }),
};

/** Sends what the parent can still hear. */
function send(message: SupervisorMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

async function supervise(options: LaunchOptions, audience: Audience, ending: AbortSignal): Promise<void> {
  const controlPlane = await launch(options, audience.progress, ending);
  let failure: Error | undefined;
  try {
    audience.started(controlPlane);
    failure = await Promise.race([controlPlane.failed, aborted(ending)]);
  } finally {
    await controlPlane.stop();
  }
  if (failure !== undefined) throw failure;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined));
  });
}

function releaseNamed(name: string): ReleaseName {
  const found = RELEASE_NAMES.find((known) => known === name);
  if (found === undefined) throw new Error(`--release ${name}: there are ${RELEASE_NAMES.join(', ')}`);
  return found;
}

async function main(options: LaunchOptions): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, end);
  const hasParent = process.send !== undefined;
  if (hasParent && !process.connected) end(); // it died before anybody listened

  const audience = hasParent ? parent : person;
  try {
    await supervise(options, audience, ending.signal);
  } catch (error) {
    if (ending.signal.aborted) return;
    await audience.failed(error instanceof Error ? error : new Error(String(error)));
    process.exitCode = 1;
  } finally {
    if (process.connected) process.disconnect();
  }
}

const { values } = parseArgs({
  options: {
    release: { type: 'string', default: 'main' },
    controllers: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) process.stdout.write(HELP);
else await main({ release: releaseNamed(values.release), controllers: values.controllers });
