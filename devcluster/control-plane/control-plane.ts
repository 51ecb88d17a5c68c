import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ReleaseName } from '../builds/kubernetes-releases.ts';
import { type Progress, progressTo } from '../progress.ts';
import { superviseChild } from './supervisor.ts';

const SUPERVISOR = join(import.meta.dirname, '../main.ts');

/** It takes a moment. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Time to build another release first, for the hook or the test that starts it. The main release is built already when
 * tests run.
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
  /** The path of the socket that etcd serves: of a node, a path in there. */
  readonly etcdSocket: string;
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
  const child = fork(SUPERVISOR, args, {
    detached: true, // neither a Ctrl-C nor a SIGKILL to the caller's process group may reach it
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const supervisor = superviseChild<ControlPlaneFacts>(
    child,
    'the control plane',
    onProgress,
    STOP_DEADLINE_MS,
  );
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
