import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Progress, progressTo } from './progress.ts';
import type { ReleaseName } from './releases.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

const SUPERVISOR = join(import.meta.dirname, 'main.ts');

/** It takes a moment; a supervisor that does not manage is killed with its components, and reported. */
const STOP_DEADLINE_MS = 10_000;

/**
 * For a hook or a test that starts a release besides the main one, which the run's own control plane has had
 * built: time enough to build it first, on a machine that does other things, too.
 */
export const COLD_START_TIMEOUT_MS = 20 * 60_000;

/** How to reach a control plane: plain data, which can be handed to another process. */
export interface ControlPlaneFacts {
  readonly host: string;
  readonly port: number;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** PEM text of the authority that signed the server's certificate. */
  readonly ca: string;
  /** The path of a file with the same text. */
  readonly caFile: string;
  /** The path of the admin's kubeconfig; its context is named `admin`. */
  readonly kubeconfig: string;
  /** As the server says, with the `v`. */
  readonly version: string;
  /** The folder that holds everything, the components' logs too. */
  readonly folder: string;
}

export interface ControlPlane extends ControlPlaneFacts {
  /**
   * Ends it and waits until nothing of it is left.
   *
   * @throws if a component had ended by itself before
   */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** The release of kube-apiserver. @default 'main' */
  readonly release?: ReleaseName;
  /**
   * Whether kube-controller-manager runs, too: it gives each namespace its default ServiceAccount and
   * `kube-root-ca.crt`, and fills Secrets of type `kubernetes.io/service-account-token`. @default false
   */
  readonly controllers?: boolean;
  /** Told how far the build of a missing program has come. @default - shown on stderr */
  readonly onProgress?: Progress;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts etcd, kube-apiserver and what the options ask for on loopback. They end with stop(), and with
 * the process that called this, however that ends.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { release = 'main', controllers = false, onProgress = progressTo(process.stderr), signal } = options;
  signal?.throwIfAborted();
  const args = [`--release=${release}`, ...(controllers ? ['--controllers'] : [])];
  const supervisor = startSupervisor(args, onProgress);
  signal?.addEventListener('abort', supervisor.release);
  try {
    const facts = await supervisor.started;
    supervisor.unref();
    return { ...facts, stop: supervisor.stop };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', supervisor.release);
  }
}

interface Supervisor {
  readonly started: Promise<ControlPlaneFacts>;
  /** Lets go of the channel whose end tells the supervisor to clean up. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
  /** Lets this process end without waiting for the supervisor. */
  readonly unref: () => void;
}

function startSupervisor(args: readonly string[], onProgress: Progress): Supervisor {
  const child = fork(SUPERVISOR, args, {
    detached: true, // neither a Ctrl-C nor a SIGKILL to the caller's process group may reach it
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let failure: string | undefined;
  // The channel's end comes after the last message, the process's end perhaps before it.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(() => {
    if (child.signalCode !== null)
      failure ??= `the control plane's supervisor was killed (${child.signalCode})`;
  });
  const started = new Promise<ControlPlaneFacts>((resolve, reject) => {
    child.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'progress') onProgress(message.line);
      else if (message.kind === 'started') resolve(message.facts);
      else failure = message.reason;
    });
    ended.then(() => reject(new Error(failure ?? 'the control plane was ended while it started')), reject);
  });
  const release = () => {
    if (!child.connected) return;
    child.disconnect();
    const deadline = setTimeout(() => killGroup(child.pid), STOP_DEADLINE_MS);
    child.once('exit', () => clearTimeout(deadline));
  };
  const stop = async () => {
    child.ref();
    release();
    await ended;
    if (failure !== undefined) throw new Error(failure);
  };
  const unref = () => {
    child.unref();
    child.channel?.unref();
  };
  return { started, release, stop, unref };
}

/** The supervisor leads a process group that its components are in. */
function killGroup(leader: number | undefined): void {
  if (leader !== undefined) process.kill(-leader, 'SIGKILL');
}
