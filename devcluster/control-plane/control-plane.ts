import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ReleaseName } from '../builds/kubernetes-releases.ts';
import { type Progress, progressTo } from '../progress.ts';
import { superviseChild } from './supervisor.ts';

const SUPERVISOR = join(import.meta.dirname, '../main.ts');

/** Stopping takes a moment. */
const STOP_DEADLINE_MS = 10_000;

/**
 * The time limit for a hook or test that starts another release, which may be built first. The main release is already
 * built when tests run.
 */
export const COLD_START_TIMEOUT_MS = 20 * 60_000;

/** How to connect to a control plane, as plain data that can be sent to another process. */
export interface ControlPlaneFacts {
  readonly host: string;
  readonly port: number;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** PEM text of the authority that signed the server's certificate. */
  readonly ca: string;
  /** The path of a file with the same certificate. */
  readonly caFile: string;
  /** The path of the admin's kubeconfig; its context is named `admin`. */
  readonly kubeconfig: string;
  /** The version that the server reports, with the `v`. */
  readonly version: string;
  /** The folder with all files, also the components' logs. */
  readonly folder: string;
  /** The path of etcd's socket. For a node, it is a path in the node's mount namespace. */
  readonly etcdSocket: string;
}

export interface ControlPlane extends ControlPlaneFacts {
  /**
   * Stops it and waits until everything of it is removed.
   *
   * @throws if a component had ended by itself before
   */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** The release of kube-apiserver. @default 'main' */
  readonly release?: ReleaseName;
  /**
   * Whether kube-controller-manager runs too. It gives each namespace its default ServiceAccount and
   * `kube-root-ca.crt`, and fills Secrets of type `kubernetes.io/service-account-token`. @default false
   */
  readonly controllers?: boolean;
  /**
   * Whether kube-controller-manager also creates the pods of Deployments, Jobs and other workloads. Each of its
   * controllers then has its own ServiceAccount. Includes `controllers`. @default false
   */
  readonly workloads?: boolean;
  /** Gets the progress of the build of a missing program. @default - shown on stderr */
  readonly onProgress?: Progress;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts etcd, kube-apiserver and the components in the options on loopback. They end with stop(), and when the calling
 * process ends for any reason.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { release = 'main', controllers = false, workloads = false, signal } = options;
  const { onProgress = progressTo(process.stderr) } = options;
  signal?.throwIfAborted();
  const args = [
    `--release=${release}`,
    ...(controllers ? ['--controllers'] : []),
    ...(workloads ? ['--workloads'] : []),
  ];
  const child = fork(SUPERVISOR, args, {
    detached: true, // so that a Ctrl-C or a SIGKILL for the caller's process group does not reach it
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
