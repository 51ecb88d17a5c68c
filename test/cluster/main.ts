import { parseArgs } from 'node:util';
import { type LaunchedControlPlane, launch } from './launch.ts';
import { type Progress, progressTo } from './progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';
import { KUBERNETES_VERSION } from './version.ts';

const HELP = `Usage: node test/cluster/main.ts

Starts etcd and kube-apiserver ${KUBERNETES_VERSION} on loopback, says how to reach them, and keeps them until Ctrl-C.
What is missing is built first, once. Nothing is left behind.

  -h, --help  show this

KUBEBUILDER_ASSETS  a folder that holds etcd and kube-apiserver, to be used instead of our own
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

async function supervise(audience: Audience, ending: AbortSignal): Promise<void> {
  const controlPlane = await launch(audience.progress, ending);
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

async function main(): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, end);
  const hasParent = process.send !== undefined;
  if (hasParent && !process.connected) end(); // it died before anybody listened

  const audience = hasParent ? parent : person;
  try {
    await supervise(audience, ending.signal);
  } catch (error) {
    if (ending.signal.aborted) return;
    await audience.failed(error instanceof Error ? error : new Error(String(error)));
    process.exitCode = 1;
  } finally {
    if (process.connected) process.disconnect();
  }
}

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help) process.stdout.write(HELP);
else await main();
